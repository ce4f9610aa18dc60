" The language server of xks for ALE.
call ale#Set('xks_lsp_executable', 'xks-lsp')

function! s:Workspace(buffer) abort
  let platform = findfile('platform.xks', fnameescape(fnamemodify(bufname(a:buffer), ':p:h')) . ';')
  return fnamemodify(empty(platform) ? bufname(a:buffer) : platform, ':p:h')
endfunction

call ale#linter#Define('xks', {
      \ 'name': 'xks-lsp',
      \ 'lsp': 'stdio',
      \ 'executable': {buffer -> ale#Var(buffer, 'xks_lsp_executable')},
      \ 'command': '%e',
      \ 'project_root': function('s:Workspace'),
      \ })
