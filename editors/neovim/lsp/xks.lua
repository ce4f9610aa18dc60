-- The language server of xks, as `vim.lsp.enable('xks')` of Neovim 0.11 finds it.
return {
  cmd = { 'xks-lsp' },
  filetypes = { 'xks' },
  -- A workspace is a folder. The nearest one with the platform's facts is it; else the repository; else the file alone.
  root_markers = { 'platform.xks', '.git' },
}
