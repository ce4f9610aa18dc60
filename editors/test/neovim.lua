-- Neovim with the shipped configuration, from 0.7 on, against the real server in a copy of examples/shop:
--
--   nvim --headless -i NONE -u neovim-init.lua -c 'luafile neovim.lua'
--
-- with $XKS_SHIPPED, $XKS_LSP and $XKS_SHOP set, and $XKS_PARSERS where there is a parser to load.

local version = vim.version()
local name = ('Neovim %d.%d.%d'):format(version.major, version.minor, version.patch)

local function say(...)
  io.stdout:write(name .. ': ' .. table.concat(vim.tbl_map(tostring, { ... }), ' ') .. '\n')
end

local function fail(...)
  say('FAILED:', ...)
  vim.cmd('cquit 1')
end

local function wait(what, condition)
  local value
  if not vim.wait(20000, function()
    value = condition()
    return value
  end, 10) then
    local shown = vim.tbl_map(function(d) return d.lnum + 1 .. ': ' .. d.message end, vim.diagnostic.get())
    fail(what, 'did not come; diagnostics:', vim.inspect(shown))
  end
  return value
end

local function equal(what, actual, expected)
  if not vim.deep_equal(actual, expected) then
    fail(what, 'is', vim.inspect(actual), 'not', vim.inspect(expected))
  end
end

local function errors()
  return vim.diagnostic.get(0, { severity = vim.diagnostic.severity.ERROR })
end

-- The line that starts with a text, and its number from 0.
local function line_of(start)
  for number, line in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    if vim.startswith(line, start) then
      return line, number - 1
    end
  end
  fail('no line starts with', start)
end

local function set_line(number, text)
  vim.api.nvim_buf_set_lines(0, number, number + 1, false, { text })
end

local function request(method, params)
  params = vim.tbl_extend('force', { textDocument = vim.lsp.util.make_text_document_params(0) }, params or {})
  for _, answer in pairs(vim.lsp.buf_request_sync(0, method, params, 10000) or fail(method, 'has no answer')) do
    if answer.error or answer.err then
      fail(method, vim.inspect(answer))
    end
    return answer.result
  end
end

vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('XKS_SHOP') .. '/tenants/orders/orders.xks'))
equal('the file type', vim.bo.filetype, 'xks')
equal('the comment string', vim.bo.commentstring, '# %s')

local clients = vim.lsp.get_clients or vim.lsp.get_active_clients
local client = wait('the server', function() return clients()[1] end)
equal('the workspace', client.config.root_dir, os.getenv('XKS_SHOP'))
wait('the buffer at the server', function() return vim.lsp.buf_is_attached(0, client.id) end)

-- The example has no errors. A misspelt name is one, and mending it takes it away.
local line, number = line_of('allow worker -> warehouse')
set_line(number, 'allow worker -> warehouze')
local found = wait('an error', function() return errors()[1] end)
equal('the code', found.code, 'unknown-app')
equal('the place', { found.lnum, found.col, found.end_col }, { number, 16, 25 })
set_line(number, line)
wait('the end of the error', function() return #errors() == 0 end)

-- What one tenant takes back is missed by another.
vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('XKS_SHOP') .. '/tenants/payments.xks'))
line, number = line_of('export api:http to orders')
set_line(number, '')
wait('the error in the other file', function()
  for _, found in ipairs(vim.diagnostic.get()) do
    if found.code == 'not-exported' and vim.api.nvim_buf_get_name(found.bufnr):match('orders.xks$') then
      return true
    end
  end
end)
set_line(number, line)
vim.cmd('edit! ' .. vim.fn.fnameescape(os.getenv('XKS_SHOP') .. '/tenants/orders/orders.xks'))
wait('the end of the error in the other file', function() return #errors() == 0 end)

say('findings come and go with an edit, in the file and in others')

-- Whether the server offers something; what it does not cannot be tested, and run.sh tells.
local function offers(capability)
  local offered = client.server_capabilities[capability]
  if not offered then
    say('NOT TESTED:', capability, 'is not offered by the server')
  end
  return offered
end

if offers('hoverProvider') then
  local place = { line = select(2, line_of('allow worker')), character = 16 }
  local hover = request('textDocument/hover', { position = place })
  if not vim.inspect(hover):find('warehouse', 1, true) then
    fail('the hover says', vim.inspect(hover))
  end
end

line, number = line_of('allow worker -> warehouse')
if offers('documentFormattingProvider') then
  set_line(number, 'allow   worker->warehouse')
  if vim.lsp.buf.format then
    vim.lsp.buf.format({ async = false, timeout_ms = 10000 })
  else
    vim.lsp.buf.formatting_sync(nil, 10000)
  end
  equal('the formatted line', vim.api.nvim_buf_get_lines(0, number, number + 1, false)[1], line)
end

if offers('definitionProvider') then
  local found = request('textDocument/definition', { position = { line = number, character = 18 } })
  found = found[1] or found
  local range = found.range or found.targetSelectionRange
  equal('the line of the declaration', range.start.line, select(2, line_of('external warehouse')))
end

if vim.treesitter.get_captures_at_pos and os.getenv('XKS_PARSERS') then
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('XKS_SHIPPED') .. '/tree-sitter-xks/test/highlight/shop.xks'))
  vim.treesitter.get_parser(0, 'xks'):parse(true)
  local above, marks = 0, 0
  for row, text in ipairs(vim.api.nvim_buf_get_lines(0, 0, -1, false)) do
    local blanks, mark, expected = text:match('^#( *)(%S+) ([%w.]+)$')
    if mark == '^' or mark == '<-' then
      local column = mark == '<-' and 0 or #blanks + 1
      local captures = vim.treesitter.get_captures_at_pos(0, above, column)
      local last = captures[#captures]
      equal(('line %d, column %d'):format(above + 1, column + 1), last and last.capture, expected)
      marks = marks + 1
    else
      above = row - 1
    end
  end
  if marks < 50 then
    fail('only', marks, 'marks')
  end
  say(marks, 'colours from the tree are right')
  vim.cmd('edit ' .. vim.fn.fnameescape(os.getenv('XKS_SHOP') .. '/tenants/orders/orders.xks'))
  wait('the server again', function() return vim.lsp.buf_is_attached(0, client.id) end)
end

if vim.lsp.semantic_tokens and vim.lsp.semantic_tokens.get_at_pos and offers('semanticTokensProvider') then
  number = select(2, line_of('allow worker'))
  wait('semantic tokens', function() return #(vim.lsp.semantic_tokens.get_at_pos(0, number, 0) or {}) > 0 end)
  say('semantic tokens come')
end
if vim.lsp.inlay_hint and offers('inlayHintProvider') then
  vim.lsp.inlay_hint.enable(true, { bufnr = 0 })
  wait('inlay hints', function() return #vim.lsp.inlay_hint.get({ bufnr = 0 }) > 0 end)
  say('inlay hints come')
end

vim.cmd('qall!')
