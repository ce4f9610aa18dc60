; A statement goes on in its braces and behind a comma.
[
  (allow) (app) (certificate) (expect) (export) (expose) (external) (group) (never) (platform) (ports) (service) (tenant)
  (fact) (requirements)
] @indent.begin

(block "}" @indent.branch @indent.end)
(requirements ")" @indent.branch @indent.end)
(comment) @indent.ignore
