" Vim with ALE and the shipped linter, against the real server in a copy of examples/shop:
"
"   vim -Nu NONE -i NONE -es -S ale.vim
"
" with $XKS_SHIPPED, $XKS_ALE, $XKS_LSP and $XKS_SHOP set; writes what is wrong to $XKS_REPORT.
set encoding=utf-8 nomodeline hidden
execute 'set runtimepath^=' . fnameescape($XKS_ALE) . ',' . fnameescape($XKS_SHIPPED . '/vim')
let g:ale_xks_lsp_executable = $XKS_LSP
runtime plugin/ale.vim
filetype plugin indent on
let s:wrong = []

function! s:Errors() abort
  return map(filter(copy(ale#engine#GetLoclist(bufnr('%'))), 'v:val.type ==# "E"'), 'v:val.lnum . ":" . v:val.col . " " . v:val.text')
endfunction

function! s:Wait(what, condition) abort
  for s:turn in range(400)
    if a:condition()
      return
    endif
    sleep 50m
  endfor
  call add(s:wrong, a:what . ' did not come; errors: ' . string(s:Errors()))
endfunction

execute 'edit' fnameescape($XKS_SHOP . '/tenants/orders/orders.xks')
call search('^allow worker -> warehouse')
call setline('.', 'allow worker -> warehouze')
ALELint
call s:Wait('an error', {-> !empty(s:Errors())})
if empty(filter(s:Errors(), 'v:val =~# "^" . line(".") . ":17 .*warehouze"'))
  call add(s:wrong, 'the errors are ' . string(s:Errors()))
endif
call setline('.', 'allow worker -> warehouse')
ALELint
call s:Wait('the end of the error', {-> empty(s:Errors())})

call cursor(0, 19)
ALEGoToDefinition
call s:Wait('the declaration', {-> getline('.') =~# '^external warehouse'})

call writefile(s:wrong, $XKS_REPORT)
qall!
