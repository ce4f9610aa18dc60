autocmd BufRead,BufNewFile *.xks setfiletype xks
