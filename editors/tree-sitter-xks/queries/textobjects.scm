; With nvim-treesitter-textobjects: statements, what stands in their braces, list items and comments.

[
  (allow) (app) (certificate) (expect) (export) (expose) (external) (group) (include) (never) (platform) (ports) (service)
  (tenant)
] @statement.outer

(block) @block.outer
(block (_)+ @block.inner)

[ (peer) (label) (requirement) ] @parameter.inner
(comment) @comment.outer
