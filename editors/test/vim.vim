" Whether Vim, or Neovim without a tree, colours editors/tree-sitter-xks/test/highlight/shop.xks as its marks say, and
" indents as `xks fmt` does.
"
"   vim -Nu NONE -i NONE -es -S vim.vim    with $XKS_SHIPPED and $XKS_SHOP set; writes what is wrong to $XKS_REPORT.

" The marks name captures of tree-sitter; these are the groups of Vim that stand for them.
let s:groups = {
      \ 'keyword': ['Keyword', 'Statement'], 'keyword.modifier': ['StorageClass', 'Type'], 'keyword.operator': ['Operator', 'Statement'],
      \ 'operator': ['Operator', 'Statement'],
      \ 'punctuation.delimiter': ['Delimiter', 'Special'], 'punctuation.bracket': ['Delimiter', 'Special'],
      \ 'module': ['Include', 'PreProc'], 'variable': ['Identifier'], 'type': ['Type'], 'function': ['Function', 'Identifier'],
      \ 'constant': ['Constant'], 'constant.builtin': ['Constant'], 'constant.macro': ['Macro', 'PreProc'],
      \ 'number': ['Number', 'Constant'], 'string': ['String', 'Constant'], 'string.escape': ['SpecialChar', 'Special'],
      \ 'string.special': ['Special'], 'string.special.url': ['Underlined'], 'property': ['PreProc'],
      \ 'character.special': ['Special'], 'comment': ['Comment'],
      \ }
set encoding=utf-8 nomodeline
execute 'set runtimepath^=' . fnameescape($XKS_SHIPPED . '/vim')
filetype plugin indent on
syntax on
execute 'edit' fnameescape($XKS_SHIPPED . '/tree-sitter-xks/test/highlight/shop.xks')

let s:wrong = []
let s:marks = 0
if &filetype !=# 'xks' || &commentstring !=# '# %s'
  call add(s:wrong, 'the file has the type "' . &filetype . '"')
endif
let s:above = 1
for s:lnum in range(1, line('$'))
  let s:mark = matchlist(getline(s:lnum), '^#\( *\)\(<-\|\^\) \(\S\+\)$')
  if empty(s:mark)
    let s:above = s:lnum
    continue
  endif
  let s:marks += 1
  let s:column = s:mark[2] ==# '<-' ? 1 : len(s:mark[1]) + 2
  let s:group = synIDattr(synIDtrans(synID(s:above, s:column, 1)), 'name')
  if index(s:groups[s:mark[3]], s:group) < 0
    let s:word = matchstr(getline(s:above)[s:column - 1 :], '^\S*')
    let s:own = synIDattr(synID(s:above, s:column, 1), 'name')
    call add(s:wrong, 'line ' . s:above . ': ' . s:word . ' is ' . s:own . ' (' . s:group . '), not ' . s:mark[3])
  endif
endfor
if s:marks < 50
  call add(s:wrong, 'only ' . s:marks . ' marks')
endif

function! s:Indented(lines) abort
  enew!
  setfiletype xks
  call setline(1, map(copy(a:lines), 'substitute(v:val, "^\\s*", "", "")'))
  silent normal! gg=G
  let lines = getline(1, '$')
  for [actual, expected] in map(copy(lines), '[v:val, a:lines[v:key]]')
    if actual !=# expected
      call add(s:wrong, 'indented as "' . actual . '", not "' . expected . '"')
    endif
  endfor
endfunction
for s:file in glob($XKS_SHOP . '/**/*.xks', 0, 1)
  call s:Indented(readfile(s:file))
endfor
call s:Indented(['allow web,', '  # one', '  bff -> cart,', '', '  db', 'allow pods(', '  tier=web, # {', '  x', ') -> *', 'app a {', '  port a 1', '}', 'expose a at b.c,', '  d.e {', '  from f,', '    g', '  exact', '}', 'app b'])

call writefile(s:wrong, $XKS_REPORT)
qall!
