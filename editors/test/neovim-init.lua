-- What README.md of editors/neovim tells a user to write.
vim.opt.runtimepath:append(os.getenv('XKS_SHIPPED') .. '/neovim')
if os.getenv('XKS_PARSERS') then
  vim.opt.runtimepath:append(os.getenv('XKS_PARSERS'))
end
require('xks').setup({ cmd = { os.getenv('XKS_LSP') } })
