; Written from editors/tree-sitter-xks/queries/highlights.scm by `BLESS=1 cargo test`.

(comment) @comment

; Statements

[
  "allow" "app" "certificate" "expect" "export" "expose" "external" "group" "include" "never" "platform" "ports" "service"
  "tenant"
] @keyword

[ "at" "to" "host" "publish" "except" "not" ] @keyword.operator

; Clauses

[
  "backend" "because" "exact" "for" "from" "host-header" "in" "isolated" "issuer" "labels" "limit" "mesh" "names"
  "namespace" "nginx" "no-tls" "port" "private" "public" "redirect" "rewrite" "timeout" "tls" "until" "verify"
] @keyword.modifier
(secret "secret" @keyword.modifier)
(tls "secret" @keyword.modifier)
[ "connections" "rps" ] @constant.builtin

; Names: of tenants, of what belongs to this one, of certificate groups, of what the cluster has

(tenant name: (name) @namespace)
(export tenant: (name) @namespace)
(peer tenant: (name) @namespace)

(app name: (name) @variable)
(service name: (name) @variable)
(external name: (name) @variable)
(group name: (name) @variable)
(for app: (name) @variable)
(target app: (name) @variable)
(peer tenant: (_) app: (name) @variable)
((peer !tenant app: (name) @variable) (#not-any-of? @variable "ingress" "internet" "kube-api" "metadata" "nodes"))
((peer !tenant app: (name) @constant.builtin)
  (#any-of? @constant.builtin "ingress" "internet" "kube-api" "metadata" "nodes"))
(except app: (name) @variable)
(peer [ "ingress" "dns" ] @constant.builtin)

(_ selector: (name) @function)
(wildcard) @operator

(certificate name: (name) @type)
(tls group: (name) @type)

(in environment: (name) @constant)
(backend protocol: (name) @constant)
(mesh mesh: (name) @constant)

(tls secret: (name) @string.special)
(verify secret: (name) @string.special)
(secret secret: (name) @string.special)
(issuer issuer: (name) @string.special)
(namespace namespace: (name) @string.special)

; Keys

(label_key) @variable.other.member
(fact_name) @variable.other.member
(nginx annotation: (name) @variable.other.member)
(assign name: (name) @constant.macro)

; Values

(host) @string.special.url
(redirect url: (value) @string.special.url)
(rewrite path: (value) @string)
(nginx value: (value) @string)
(fact value: (value) @string)
(assign value: (value) @string)
(label_value) @string
(string) @string
(escape_sequence) @constant.character.escape
(interpolation) @constant.macro

(address) @constant.numeric
(limit number: (number) @constant.numeric)
(timeout time: (number) @constant.numeric)
(date) @constant.numeric
(port name: (name) @constant)
(ports name: (name) @constant)
(port_number) @constant.numeric
(port_list) @constant.numeric

; Marks

[ "->" "=" "!=" "!" ] @operator
[ "," ";" ":" "/" ] @punctuation.delimiter
[ "{" "}" "(" ")" ] @punctuation.bracket
