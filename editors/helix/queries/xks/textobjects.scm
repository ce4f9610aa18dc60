[
  (allow) (app) (certificate) (expect) (export) (expose) (external) (group) (include) (never) (platform) (ports) (service)
  (tenant)
] @function.around

(block) @function.inside
[ (peer) (label) (requirement) ] @parameter.inside
(comment) @comment.inside
(comment)+ @comment.around
