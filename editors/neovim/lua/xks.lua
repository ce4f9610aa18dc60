-- xks in Neovim 0.7 and later: require('xks').setup()
local M = {}

local editors = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h:h')

-- The nearest folder with one of the markers, the first of them first.
local function root(file, markers)
  local folder = vim.fn.fnamemodify(file, ':p:h')
  for _, marker in ipairs(markers) do
    local found = vim.fn.findfile(marker, vim.fn.fnameescape(folder) .. ';')
    if found == '' then
      found = vim.fn.finddir(marker, vim.fn.fnameescape(folder) .. ';')
    end
    if found ~= '' then
      return vim.fn.fnamemodify(found, ':p'):gsub('/$', ''):match('^(.*)/[^/]*$')
    end
  end
  return folder
end

-- Before 0.11 Neovim starts no server by itself: one for each workspace.
local function start_in_each_buffer(config)
  local clients = {}
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('xks', {}),
    pattern = config.filetypes,
    callback = function(event)
      local folder = root(vim.api.nvim_buf_get_name(event.buf), config.root_markers)
      if not (clients[folder] and vim.lsp.get_client_by_id(clients[folder])) then
        clients[folder] = vim.lsp.start_client({
          name = 'xks',
          cmd = config.cmd,
          root_dir = folder,
          workspace_folders = { { uri = vim.uri_from_fname(folder), name = folder } },
          settings = config.settings,
          capabilities = config.capabilities,
          on_attach = config.on_attach,
        })
      end
      if clients[folder] then
        vim.lsp.buf_attach_client(event.buf, clients[folder])
      end
    end,
  })
end

-- Colours, folds and indentation from the tree, where the parser has been built; see README.md.
local function use_tree_sitter()
  if vim.fn.has('nvim-0.9') == 0 or #vim.api.nvim_get_runtime_file('parser/xks.*', false) == 0 then
    return
  end
  for _, query in ipairs({ 'highlights', 'folds', 'indents', 'injections', 'locals', 'textobjects' }) do
    local file = assert(io.open(editors .. '/tree-sitter-xks/queries/' .. query .. '.scm'))
    vim.treesitter.query.set('xks', query, file:read('*a'))
    file:close()
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('xks-tree-sitter', {}),
    pattern = 'xks',
    callback = function(event)
      vim.treesitter.start(event.buf, 'xks')
    end,
  })
end

--- Detects the file type and starts the server where an xks file is opened. `options` go over `lsp/xks.lua`:
--- `cmd`, `root_markers`, `settings`, `capabilities`, `on_attach`.
function M.setup(options)
  options = options or {}
  -- File type, indentation and colours without a tree are those of Vim.
  vim.opt.runtimepath:append(editors .. '/vim')
  vim.cmd('runtime! ftdetect/xks.vim')
  use_tree_sitter()
  if vim.fn.has('nvim-0.11') == 1 then
    vim.lsp.config('xks', options)
    vim.lsp.enable('xks')
  else
    local config = dofile(editors .. '/neovim/lsp/xks.lua')
    start_in_each_buffer(vim.tbl_extend('force', config, options))
  end
end

return M
