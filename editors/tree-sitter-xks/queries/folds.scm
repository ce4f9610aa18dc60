[
  (allow) (app) (certificate) (expect) (export) (expose) (external) (group) (never) (platform) (ports) (service) (tenant)
  (fact)
] @fold

(comment)+ @fold
