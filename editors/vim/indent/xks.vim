if exists('b:did_indent')
  finish
endif
let b:did_indent = 1

setlocal indentexpr=XksIndent(v:lnum) indentkeys=0{,0},0),!^F,o,O nolisp autoindent
let b:undo_indent = 'setlocal indentexpr< indentkeys< autoindent<'

if exists('*XksIndent')
  finish
endif

" A line without its comment and its texts, whose marks count for nothing. `${name}` has no braces here either.
function s:Code(lnum) abort
  let line = substitute(getline(a:lnum), '"\%(\\.\|[^"\\]\)*"\|\${[^}]*}', '', 'g')
  return substitute(line, '\s*\%(#.*\)\?$', '', '')
endfunction

function s:Depth(line) abort
  return len(substitute(a:line, '[^{(]', '', 'g')) - len(substitute(a:line, '[^})]', '', 'g'))
endfunction

" The line before that says something.
function s:Before(lnum) abort
  let lnum = prevnonblank(a:lnum - 1)
  while lnum > 0 && s:Code(lnum) ==# ''
    let lnum = prevnonblank(lnum - 1)
  endwhile
  return lnum
endfunction

" Whether a list goes on behind this line. In parentheses the lines are one step in already.
function s:GoesOn(lnum) abort
  if s:Code(a:lnum) !~# ',$'
    return 0
  endif
  let [lnum, open] = [a:lnum, 0]
  while lnum > 0 && open <= 0
    let code = s:Code(lnum)
    let open += len(substitute(code, '[^(]', '', 'g')) - len(substitute(code, '[^)]', '', 'g'))
    if code =~# '^[^ \t)]'
      break
    endif
    let lnum -= 1
  endwhile
  return open <= 0
endfunction

" What stands in braces or parentheses is one step in, and so is what a comma at the end of a line goes on with.
function XksIndent(lnum) abort
  let before = s:Before(a:lnum)
  if before == 0
    return 0
  endif
  let code = s:Code(before)
  let steps = s:Depth(substitute(code, '^\s*[})]\+', '', ''))
  let went_on = s:Before(before) > 0 && s:GoesOn(s:Before(before))
  let steps += s:GoesOn(before) - went_on
  if getline(a:lnum) =~# '^\s*[})]'
    let steps -= 1
  endif
  return indent(before) + steps * shiftwidth()
endfunction
