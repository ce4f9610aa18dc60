[
  (allow) (app) (certificate) (expect) (export) (expose) (external) (group) (never) (platform) (ports) (service) (tenant)
  (fact) (requirements)
] @indent

(block "}" @outdent)
(requirements ")" @outdent)
