(block "}" @end) @indent
(requirements ")" @end) @indent
