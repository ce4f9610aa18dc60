; The names of one file. What other tenants declare is for the language server to find.

(file) @local.scope

(app name: (name) @local.definition.type)
(external name: (name) @local.definition.type)
(service name: (name) @local.definition.type)
(group name: (name) @local.definition.type)
(ports name: (name) @local.definition.constant)
(certificate name: (name) @local.definition.type)
(port name: (name) @local.definition.field)

(peer !tenant app: (name) @local.reference)
(target !tenant app: (name) @local.reference)
(for app: (name) @local.reference)
(tls group: (name) @local.reference)
