[
  (allow) (app) (certificate) (expect) (export) (expose) (external) (group) (include) (never) (platform) (ports) (service)
  (tenant)
] @function.around

(block) @function.inside
(comment)+ @comment.around
