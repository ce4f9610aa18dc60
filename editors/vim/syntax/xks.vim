" Colours of xks. A keyword is one by its place, so each place says with `nextgroup` what follows it.
if exists('b:current_syntax')
  finish
endif
let s:cpo = &cpo
set cpo&vim

syntax iskeyword @,48-57,_,-,128-255
syntax sync minlines=100

syntax match xksComment /#.*/ contains=@Spell
syntax region xksString start=/"/ skip=/\\./ end=/"/ oneline contains=xksEscape,xksInterpolation
syntax match xksEscape /\\\%(u{\x*}\|.\)/ contained
syntax match xksInterpolation /\${[^}$ "]*}/ contained
syntax match xksMark /[,;]/
syntax match xksBracket /[{}()]/

" Statements, by what they are about.
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<\%(allow\|never\|expect\|expose\)\>\ze\%(\s\|$\)/ nextgroup=@xksPeer skipwhite
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<export\>\ze\%(\s\|$\)/ nextgroup=@xksPeer,xksExportHost,xksExportPublish skipwhite
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<\%(group\|external\|service\|app\)\>\ze\s/ nextgroup=xksName skipwhite
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<tenant\>\ze\s/ nextgroup=xksTenant skipwhite
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<certificate\>\ze\s/ nextgroup=xksCertificate skipwhite
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<ports\>\ze\s/ nextgroup=xksPortName skipwhite
syntax match xksStatement /\%(^\|[;{}]\)\@1<=\s*\zs\<include\>\ze\s/ nextgroup=xksString skipwhite
syntax match xksStatement /\%(^\|[;}]\)\@1<=\s*\zs\<platform\>\ze\s*{/ nextgroup=xksFacts skipwhite
syntax region xksFacts matchgroup=xksBracket start=/{/ end=/}/ contained contains=xksFact,xksComment,xksEnvironment,xksMark

" What follows: names in a row, peers, hosts. `xksOut` and its like are the way on from the one to the other.
syntax match xksName /[^ \t,;{}()#"]\+/ contained nextgroup=xksNameComma,xksArrowToHost,xksEqualToPeer skipwhite
syntax match xksNameComma /,/ contained nextgroup=xksName skipwhite skipempty
syntax match xksEqualToPeer /=/ contained nextgroup=@xksPeer skipwhite
syntax match xksArrowToHost /->/ contained nextgroup=xksHost skipwhite

syntax cluster xksPeer contains=xksApp,xksBuiltin,xksSelector,xksTenantOf,xksWildcard,xksAddress,xksIngress,xksDns
syntax match xksApp /[^ \t,;{}()#":/]\+\%(-\@1<!>\)\@!/ contained nextgroup=@xksAfterPeer skipwhite
syntax match xksBuiltin /\<\%(ingress\|internet\|kube-api\|metadata\|nodes\)\>\ze\%([ \t,;{}#:]\|$\)/ contained nextgroup=@xksAfterPeer skipwhite
syntax match xksIngress /\<ingress\>\ze\s\+\%(public\|private\)\>/ contained nextgroup=xksSide skipwhite
syntax match xksSide /\<\%(public\|private\)\>/ contained nextgroup=@xksAfterPeer skipwhite
syntax match xksDns /\<dns\>\ze\s\+[^ ]*\./ contained nextgroup=xksDnsHost skipwhite
syntax match xksDnsHost /[^ \t,;{}()#":]\+/ contained nextgroup=@xksAfterPeer skipwhite
syntax match xksSelector /[^ \t,;{}()#":/]\+\ze(/ contained nextgroup=xksRequirements
syntax match xksTenantOf /[^ \t,;{}()#":/]*\ze\// contained nextgroup=xksSlash
syntax match xksWildcard /\*\ze\/\@!/ contained nextgroup=@xksAfterPeer skipwhite
syntax match xksWildcard /\*\ze\// contained nextgroup=xksSlash
syntax match xksSlash /\// contained nextgroup=xksApp,xksSelector,xksWildcard
syntax match xksAddress /\d\+\%(\.\d\+\)\+\%(\/\d\+\)\?\|\[[0-9a-fA-F:.\/]*\]\|\x*:\x*:[0-9a-fA-F:.]*\%(\/\d\+\)\?/ contained nextgroup=@xksAfterPeer skipwhite

" An app may be called like either of these.
syntax match xksExportHost /\<host\>\ze\s\+\%(to\>\)\@![^ \t,;{}()#]/ contained nextgroup=xksHost,xksString skipwhite
syntax match xksExportPublish /\<publish\>\ze\s\+\%(to\>\)\@![^ \t,;{}()#]/ contained nextgroup=@xksPeer skipwhite

syntax cluster xksAfterPeer contains=xksColon,xksPeerComma,xksArrow,xksExcept,xksTo,xksAt
syntax match xksColon /:/ contained nextgroup=xksPorts
syntax match xksPorts /[^ \t;{}()#",]\+\%(,[^ \t;{}()#",]\+\)*/ contained nextgroup=@xksAfterPeer skipwhite
syntax match xksPeerComma /,/ contained nextgroup=@xksPeer skipwhite skipempty
syntax match xksArrow /->/ contained nextgroup=@xksPeer skipwhite
syntax match xksExcept /\<except\>/ contained nextgroup=xksAddress skipwhite
syntax match xksTo /\<to\>/ contained nextgroup=xksGrantee,xksWildcard skipwhite
syntax match xksGrantee /[^ \t,;{}()#"*]\+/ contained nextgroup=xksGranteeComma skipwhite
syntax match xksGranteeComma /,/ contained nextgroup=xksGrantee,xksWildcard skipwhite skipempty
syntax match xksAt /\<at\>/ contained nextgroup=xksHost,xksString skipwhite

syntax match xksHost /[^ \t,;{}#"$]\+\|\${[^}$ "]*}\|\$/ contained nextgroup=xksHostMore,xksHostComma,xksTo contains=xksInterpolation skipwhite
syntax match xksHostMore /\S\@1<=\%([^ \t,;{}#"$]\+\|\${[^}$ "]*}\|\$\)/ contained nextgroup=xksHostMore,xksHostComma,xksTo contains=xksInterpolation skipwhite
syntax match xksHostComma /,/ contained nextgroup=xksHost,xksString skipwhite skipempty

syntax region xksRequirements matchgroup=xksBracket start=/(/ end=/)/ contained contains=xksRequirement,xksMark,xksComment nextgroup=xksSlash,@xksAfterPeer skipwhite
syntax match xksRequirement /!\?[^ \t,;{}()#"!=]\+/ contained contains=xksNot nextgroup=xksIs,xksNotIn,xksIn skipwhite
syntax match xksNot /!/ contained
syntax match xksIs /!\?=/ contained nextgroup=xksLabelValue,xksString skipwhite
syntax match xksNotIn /\<not\>/ contained nextgroup=xksIn skipwhite
syntax match xksIn /\<in\>/ contained nextgroup=xksValues skipwhite
syntax region xksValues matchgroup=xksBracket start=/(/ end=/)/ contained contains=xksLabelValue,xksString,xksMark,xksComment
syntax match xksLabelValue /[^ \t,;{}()#"=]\+/ contained nextgroup=xksLabelComma
syntax match xksLabelComma /,/ contained nextgroup=xksLabel skipwhite skipempty
syntax match xksLabel /[^ \t,;{}()#"=]\+\ze=/ contained nextgroup=xksLabelIs
syntax match xksLabelIs /=/ contained nextgroup=xksLabelValue,xksLabelText
syntax region xksLabelText start=/"/ skip=/\\./ end=/"/ oneline contained contains=xksEscape nextgroup=xksLabelComma

" Clauses, by what follows them.
syntax match xksClause /\<\%(public\|private\|exact\|isolated\|no-tls\)\>\ze\%([ \t;{}#]\|$\)/
syntax match xksClause /\<\%(because\)\>\ze\s*"/ nextgroup=xksString skipwhite
syntax match xksClause /\<\%(backend\|mesh\)\>\ze\s/ nextgroup=xksConstant skipwhite
syntax match xksClause /\<in\>\ze\s/ nextgroup=xksEnv skipwhite
syntax match xksEnv /[^ \t,;{}()#"]\+/ contained nextgroup=xksEnvComma
syntax match xksEnvComma /,/ contained nextgroup=xksEnv skipwhite skipempty
syntax match xksClause /\<\%(issuer\|namespace\|secret\|verify\)\>\ze\s/ nextgroup=xksObject skipwhite
syntax match xksClause /\<tls\>\ze\s/ nextgroup=xksTlsSecret,xksCertificate skipwhite
syntax match xksCertificate /[^ \t,;{}()#"]\+/ contained
syntax match xksTlsSecret /\<secret\>\ze\s\+[^ \t;{}#]/ contained nextgroup=xksObject skipwhite
syntax match xksClause /\<\%(host-header\|names\|redirect\)\>\ze\s/ nextgroup=xksHost,xksString skipwhite
syntax match xksClause /\<from\>\ze\s/ nextgroup=xksRange skipwhite
syntax match xksRange /[^ \t,;{}#"]\+/ contained nextgroup=xksRangeComma skipwhite
syntax match xksRangeComma /,/ contained nextgroup=xksRange skipwhite skipempty
syntax match xksClause /\<rewrite\>\ze\s/ nextgroup=xksValue,xksString skipwhite
syntax match xksClause /\<for\>\ze\s/ nextgroup=xksName skipwhite
syntax match xksClause /\<labels\>\ze\s/ nextgroup=xksLabel skipwhite
syntax match xksClause /\<limit\>\ze\s/ nextgroup=xksKind skipwhite
syntax match xksClause /\<timeout\>\ze\s/ nextgroup=xksNumber skipwhite
syntax match xksKind /\<\%(connections\|rps\)\>/ contained nextgroup=xksNumber skipwhite
syntax match xksClause /\<nginx\>\ze\s/ nextgroup=xksKey skipwhite
syntax match xksKey /[^ \t,;{}()#"]\+/ contained nextgroup=xksValue,xksString skipwhite
syntax match xksClause /\<port\>\ze\s/ nextgroup=xksPortName skipwhite
syntax match xksPortName /[^ \t,;{}()#"=]\+/ contained nextgroup=xksNumber,xksEqualToPorts skipwhite
syntax match xksEqualToPorts /=/ contained nextgroup=xksNumber skipwhite
syntax match xksNumber /[^ \t,;{}()#"=]\+/ contained nextgroup=xksNumberComma,xksArrowToNumber skipwhite
syntax match xksNumberComma /,/ contained nextgroup=xksNumber skipwhite skipempty
syntax match xksArrowToNumber /->/ contained nextgroup=xksNumber skipwhite
syntax match xksClause /\<until\>\ze\s/ nextgroup=xksNumber skipwhite
syntax match xksTenant /[^ \t,;{}()#"]\+/ contained
syntax match xksConstant /[^ \t,;{}()#"]\+/ contained
syntax match xksObject /[^ \t,;{}()#"]\+/ contained
syntax match xksValue /[^ \t;{}#"$]\+\|\${[^}$ "]*}\|\$/ contained contains=xksInterpolation nextgroup=xksValueMore
syntax match xksValueMore /\S\@1<=\%([^ \t;{}#"$]\+\|\${[^}$ "]*}\|\$\)/ contained contains=xksInterpolation nextgroup=xksValueMore

" Facts: a name, values, and for an environment braces with more of both.
syntax match xksFact /\%(^\|[;{]\)\@1<=\s*\zs[^ \t,;{}()#"]\+/ contained nextgroup=xksFactValue,xksString skipwhite
syntax match xksFactValue /[^ \t,;{}#"]\+/ contained nextgroup=xksFactValue,xksFactComma,xksString skipwhite
syntax match xksFactComma /,/ contained nextgroup=xksFactValue,xksString skipwhite skipempty
syntax region xksEnvironment matchgroup=xksBracket start=/{/ end=/}/ contained contains=xksVariable,xksComment,xksMark
syntax match xksVariable /\%(^\|[;{]\)\@1<=\s*\zs[^ \t,;{}()#"=]\+/ contained nextgroup=xksEqualToValue skipwhite
syntax match xksEqualToValue /=/ contained nextgroup=xksValue,xksString skipwhite

highlight default link xksComment Comment
highlight default link xksString String
highlight default link xksEscape SpecialChar
highlight default link xksInterpolation Macro
highlight default link xksStatement Keyword
highlight default link xksExportHost Keyword
highlight default link xksExportPublish Keyword
for s:group in ['Clause', 'TlsSecret', 'Side', 'In']
  execute 'highlight default link xks' . s:group 'StorageClass'
endfor
for s:group in ['Except', 'To', 'At', 'NotIn']
  execute 'highlight default link xks' . s:group 'Operator'
endfor
for s:group in ['Not', 'Is', 'LabelIs', 'Arrow', 'EqualToPeer', 'EqualToPorts', 'EqualToValue', 'ArrowToHost', 'ArrowToNumber']
  execute 'highlight default link xks' . s:group 'Operator'
endfor
for s:group in ['Mark', 'NameComma', 'Slash', 'Colon', 'PeerComma', 'GranteeComma', 'HostComma', 'RangeComma', 'LabelComma', 'EnvComma', 'NumberComma', 'FactComma', 'Bracket']
  execute 'highlight default link xks' . s:group 'Delimiter'
endfor
unlet s:group
highlight default link xksName Identifier
highlight default link xksApp Identifier
highlight default link xksTenant Include
highlight default link xksTenantOf Include
highlight default link xksGrantee Include
highlight default link xksCertificate Type
highlight default link xksBuiltin Constant
highlight default link xksIngress Constant
highlight default link xksDns Constant
highlight default link xksKind Constant
highlight default link xksConstant Constant
highlight default link xksEnv Constant
highlight default link xksPortName Constant
highlight default link xksSelector Function
highlight default link xksWildcard Special
highlight default link xksHost Underlined
highlight default link xksHostMore Underlined
highlight default link xksDnsHost Underlined
highlight default link xksObject Special
highlight default link xksAddress Number
highlight default link xksRange Number
highlight default link xksPorts Number
highlight default link xksNumber Number
highlight default link xksValue String
highlight default link xksValueMore String
highlight default link xksLabelValue String
highlight default link xksLabelText String
highlight default link xksFactValue String
highlight default link xksRequirement PreProc
highlight default link xksLabel PreProc
highlight default link xksKey PreProc
highlight default link xksFact PreProc
highlight default link xksVariable Macro

let b:current_syntax = 'xks'
let &cpo = s:cpo
unlet s:cpo
