(tenant "tenant" @context name: (name) @name) @item
(app "app" @context name: (name) @name) @item
(service "service" @context name: (name) @name) @item
(external "external" @context name: (name) @name) @item
(certificate "certificate" @context name: (name) @name) @item
(group "group" @context name: (name) @name) @item
(ports "ports" @context name: (name) @name) @item
(expose "expose" @context target: (target) @name) @item
(allow "allow" @context from: (peer) @name "->" @context to: (peer) @name) @item
(export "export" @context peer: (peer) @name) @item
(platform "platform" @name) @item
(fact name: (fact_name) @context value: (value) @name (block)) @item
