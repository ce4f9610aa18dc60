//! Readers of the statements: pairs of the grammar to nodes of the tree.

use super::clauses::last;
use super::{Keyword, MAX_ERRORS_PER_FILE, Pair, Reader, Rule, ast, errors};
use ast::Body;
use smol_str::SmolStr;
use xks_base::source::{Span, Spanned};
use xks_base::values::access::Access;
use xks_base::values::backend::BackendProtocol;
use xks_base::values::{Problem, address, name, port, seconds};

impl<'a> Reader<'a> {
    /// Reads what stands at the top of a file: a statement, or nothing after a report.
    pub(super) fn item(&mut self, pair: Pair<'a, Rule>) -> Option<ast::Statement> {
        let span = self.span(&pair);
        let Some(keyword) = Keyword::of_rule(pair.as_rule()) else {
            self.no_statement(&pair);
            return None;
        };
        let mut inner = pair.into_inner();
        inner.next(); // the keyword
        let (body, tags) = match keyword {
            Keyword::Tenant => self.tenant(inner)?,
            Keyword::App => self.app(inner)?,
            Keyword::Service => self.service(inner)?,
            Keyword::Expose => self.expose(inner)?,
            Keyword::Export => self.export(inner)?,
            Keyword::External => self.external(inner)?,
            Keyword::Certificate => self.certificate(inner)?,
            Keyword::Allow => {
                let (rule, tags) = self.rule(keyword, inner);
                (Body::Allow(rule), tags)
            }
            Keyword::Never => {
                let (rule, tags) = self.rule(keyword, inner);
                (Body::Never(rule), tags)
            }
            Keyword::Expect => {
                let (rule, tags) = self.rule(keyword, inner);
                (Body::Expect(rule), tags)
            }
            Keyword::Group => self.group(inner)?,
            Keyword::Ports => self.ports_set(inner)?,
            Keyword::Include => self.include(inner)?,
            Keyword::Platform => (self.platform(inner)?, ast::Tags::default()),
        };
        Some(ast::Statement { span, body, tags })
    }

    /// Reports a part of a file that is no statement, unless it is a comment.
    fn no_statement(&mut self, pair: &Pair<'a, Rule>) {
        let span = self.span(pair);
        match pair.as_rule() {
            Rule::comment | Rule::EOI => {}
            Rule::stray => self.report(errors::stray(span)),
            // The grammar knows no other part, and what it may learn is not passed over.
            _ => {
                self.broken.push(span);
                // What it should have been takes longer to find than anything else, and of so many nobody reads it.
                if self.diagnostics.len() <= MAX_ERRORS_PER_FILE { self.broken_statement(pair) } else { self.more += 1 }
            }
        }
    }

    fn tenant(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let name = self.name(inner.next()?, "a tenant's name");
        let mut node = ast::Tenant { name, namespace: None, isolated: None, mesh: None, labels: Vec::new() };
        let tags = self.clauses(Keyword::Tenant, inner, |reader, pair| {
            let span = reader.span(&pair);
            match pair.as_rule() {
                Rule::namespace => {
                    let name = reader.name(last(pair), "a namespace");
                    reader.once(&mut node.namespace, name, span, "namespace");
                }
                Rule::isolated => reader.once(&mut node.isolated, span, span, "isolated"),
                Rule::mesh => reader.mesh(&mut node.mesh, pair),
                Rule::labels => node.labels.extend(reader.labels(pair)),
                _ => return Err(pair),
            }
            Ok(())
        });
        Some((Body::Tenant(node), tags))
    }

    fn app(&mut self, inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let (names, rest) = self.names(inner, Rule::word, "an app's name");
        let mut node = ast::App { names, ports: Vec::new(), labels: Vec::new(), mesh: None };
        let tags = self.clauses(Keyword::App, rest, |reader, pair| {
            match pair.as_rule() {
                Rule::port_clause => {
                    let port = reader.port_clause(pair.clone());
                    if let Some(target) = port.as_ref().and_then(|port| port.target) {
                        let problem =
                            Problem::new("an app's port is the pod's own; `service` maps another number to it");
                        reader.report(errors::invalid(
                            &errors::INVALID_PORT,
                            target.span,
                            &target.value.to_string(),
                            "possible here",
                            problem,
                        ));
                    }
                    node.ports.extend(port);
                }
                Rule::labels => node.labels.extend(reader.labels(pair)),
                Rule::mesh => reader.mesh(&mut node.mesh, pair),
                _ => return Err(pair),
            }
            Ok(())
        });
        Some((Body::App(node), tags))
    }

    fn service(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let word = inner.next()?;
        let span = self.span(&word);
        let name = self.service_name(word.as_str(), span);
        let mut node = ast::Service { name, ports: Vec::new(), app: None };
        let tags = self.clauses(Keyword::Service, inner, |reader, pair| {
            let span = reader.span(&pair);
            match pair.as_rule() {
                Rule::port_clause => {
                    let port = reader.port_clause(pair);
                    node.ports.extend(port);
                }
                Rule::for_app => {
                    let name = reader.name(last(pair), "an app's name");
                    reader.once(&mut node.app, name, span, "for");
                }
                _ => return Err(pair),
            }
            Ok(())
        });
        Some((Body::Service(node), tags))
    }

    fn expose(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let mut target = inner.next()?.into_inner();
        let place = target.next()?;
        let span = self.span(&place);
        let (target_text, span) = match place.as_str().strip_prefix("./") {
            Some(own) => (own, Span { start: span.start + 2, ..span }),
            None => (place.as_str(), span),
        };
        let name = self.service_name(target_text, span);
        let port = target.next().and_then(|list| {
            let span = self.span(&list);
            let mut ports = self.ports(list).specs;
            if ports.len() > 1 {
                let problem = Problem::new("an Ingress leads to one port");
                self.report(errors::invalid(
                    &errors::INVALID_PORT,
                    span,
                    &self.text[span.range()],
                    "one port",
                    problem,
                ));
            }
            (!ports.is_empty()).then(|| ports.swap_remove(0))
        });
        inner.next(); // `at`
        let mut addresses = Vec::with_capacity(1);
        let mut rest = inner.peekable();
        while let Some(pair) = rest.next_if(|pair| matches!(pair.as_rule(), Rule::bare | Rule::string | Rule::comment))
        {
            if pair.as_rule() != Rule::comment {
                addresses.push(self.text_of(pair));
            }
        }
        let mut node = ast::Expose {
            target: name,
            port,
            addresses,
            access: None,
            tls: None,
            exact: None,
            rewrite: None,
            limits: Vec::new(),
            timeout: None,
            backend: None,
            verify: None,
            host_header: None,
            from: Vec::new(),
            redirect: None,
            annotations: Vec::new(),
        };
        let tags = self.clauses(Keyword::Expose, rest, |reader, pair| reader.expose_clause(&mut node, pair));
        Some((Body::Expose(Box::new(node)), tags))
    }

    fn expose_clause(&mut self, node: &mut ast::Expose, pair: Pair<'a, Rule>) -> Result<(), Pair<'a, Rule>> {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::public => self.once(&mut node.access, Spanned::new(Access::Public, span), span, "public"),
            Rule::private => self.once(&mut node.access, Spanned::new(Access::Private, span), span, "private"),
            Rule::no_tls => self.once(&mut node.tls, Spanned::new(ast::Tls::None, span), span, "no-tls"),
            Rule::tls => {
                let secret = pair.clone().into_inner().count() == 3;
                let word = last(pair);
                let tls = if secret {
                    let at = self.span(&word);
                    ast::Tls::Secret(
                        self.parsed(&word, word.as_str(), "a Secret's name", name::subdomain, &errors::INVALID_NAME)
                            .unwrap_or(Spanned::new(SmolStr::new(word.as_str()), at)),
                    )
                } else {
                    ast::Tls::Group(self.name(word, "a certificate group"))
                };
                self.once(&mut node.tls, Spanned::new(tls, span), span, "tls");
            }
            Rule::exact => self.once(&mut node.exact, span, span, "exact"),
            Rule::rewrite => {
                let text = self.text_of(last(pair));
                self.once(&mut node.rewrite, text, span, "rewrite");
            }
            Rule::limit => node.limits.extend(self.limit(pair)),
            Rule::timeout => {
                let word = last(pair);
                if let Some(time) = self.parsed(&word, word.as_str(), "a time", seconds::parse, &errors::INVALID_VALUE)
                {
                    self.once(&mut node.timeout, time, span, "timeout");
                }
            }
            Rule::backend => {
                let word = last(pair);
                if let Some(backend) =
                    self.parsed(&word, word.as_str(), "a backend protocol", backend, &errors::INVALID_VALUE)
                {
                    self.once(&mut node.backend, backend, span, "backend");
                }
            }
            Rule::verify => {
                let name = self.name(last(pair), "a Secret's name");
                self.once(&mut node.verify, name, span, "verify");
            }
            Rule::host_header => {
                let text = self.text_of(last(pair));
                self.once(&mut node.host_header, text, span, "host-header");
            }
            Rule::from => {
                for word in pair.into_inner().filter(|word| word.as_rule() == Rule::bare) {
                    let range = self.parsed(
                        &word,
                        word.as_str(),
                        "an address or range",
                        address::range,
                        &errors::INVALID_ADDRESS,
                    );
                    node.from.extend(range);
                }
            }
            Rule::redirect => {
                let text = self.text_of(last(pair));
                self.once(&mut node.redirect, text, span, "redirect");
            }
            Rule::nginx => {
                let mut parts = pair.into_inner().skip(1);
                if let (Some(key), Some(value)) = (parts.next(), parts.next()) {
                    let key = Spanned::new(SmolStr::new(key.as_str()), self.span(&key));
                    node.annotations.push(ast::Annotation { key, value: self.text_of(value) });
                }
            }
            _ => return Err(pair),
        }
        Ok(())
    }

    fn limit(&mut self, pair: Pair<'a, Rule>) -> Option<ast::Limit> {
        let span = self.span(&pair);
        let mut parts = pair.into_inner().skip(1);
        let (kind, number) = (parts.next()?, parts.next()?);
        let positive = |text: &str| match text.parse::<u32>() {
            Ok(number) if number > 0 && !text.starts_with('0') => Ok(number),
            _ => Err(Problem::new("a limit is a whole number above 0")),
        };
        let number = self.parsed(&number, number.as_str(), "a limit", positive, &errors::INVALID_VALUE)?;
        Some(ast::Limit { span, connections: kind.as_str() == "connections", number })
    }

    fn rule(&mut self, statement: Keyword, inner: Pairs<'a>) -> (ast::Rule, ast::Tags) {
        let mut rest = inner.peekable();
        let from = self.peers(&mut rest);
        rest.next(); // `->`
        let to = self.peers(&mut rest);
        let tags = self.clauses(statement, rest, |_, pair| Err(pair));
        (ast::Rule { from, to }, tags)
    }

    fn peers(&mut self, rest: &mut std::iter::Peekable<Pairs<'a>>) -> Vec<ast::Peer> {
        // Nearly always one: without the number, room for four is made, thousands of times.
        let mut peers = Vec::with_capacity(1);
        while let Some(pair) = rest.next_if(|pair| matches!(pair.as_rule(), Rule::peer | Rule::comment)) {
            if pair.as_rule() == Rule::peer {
                peers.extend(self.peer(pair));
            }
        }
        peers
    }

    fn export(&mut self, inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let mut rest = inner.peekable();
        let what = match rest.next_if(|pair| matches!(pair.as_rule(), Rule::export_host | Rule::export_publish)) {
            Some(pair) if pair.as_rule() == Rule::export_host => {
                let hosts = pair.into_inner().filter(|pair| matches!(pair.as_rule(), Rule::bare | Rule::string));
                ast::Exported::Hosts(hosts.map(|host| self.text_of(host)).collect())
            }
            Some(pair) => {
                let mut inner = pair.into_inner().peekable();
                inner.next(); // `publish`
                ast::Exported::Publish(self.peers(&mut inner))
            }
            None => ast::Exported::Peers(self.peers(&mut rest)),
        };
        rest.next(); // `to`
        let mut to = Vec::with_capacity(1);
        while let Some(pair) = rest.next_if(|pair| matches!(pair.as_rule(), Rule::grantee | Rule::comment)) {
            match pair.as_str() {
                "*" => to.push(Spanned::new(SmolStr::new_static("*"), self.span(&pair))),
                _ if pair.as_rule() == Rule::grantee => to.push(self.name(pair, "a tenant's name")),
                _ => {}
            }
        }
        let tags = self.clauses(Keyword::Export, rest, |_, pair| Err(pair));
        Some((Body::Export(ast::Export { what, to }), tags))
    }

    fn external(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let word = inner.next()?;
        let span = self.span(&word);
        let name = self.service_name(word.as_str(), span);
        inner.next(); // `->`
        let mut rest = inner.peekable();
        let mut remotes = Vec::with_capacity(1);
        while let Some(pair) = rest.next_if(|pair| matches!(pair.as_rule(), Rule::bare | Rule::comment)) {
            if pair.as_rule() == Rule::bare {
                remotes.push(self.text_of(pair));
            }
        }
        let tags = self.clauses(Keyword::External, rest, |_, pair| Err(pair));
        Some((Body::External(ast::External { name, remotes }), tags))
    }

    fn certificate(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let name = self.name(inner.next()?, "a certificate group");
        let mut node = ast::Certificate { name, issuer: None, secret: None, names: Vec::new() };
        let tags = self.clauses(Keyword::Certificate, inner, |reader, pair| {
            let span = reader.span(&pair);
            match pair.as_rule() {
                Rule::issuer | Rule::secret => {
                    let issuer = pair.as_rule() == Rule::issuer;
                    let word = last(pair);
                    let what = if issuer { "an issuer's name" } else { "a Secret's name" };
                    if let Some(name) =
                        reader.parsed(&word, word.as_str(), what, name::subdomain, &errors::INVALID_NAME)
                    {
                        let (slot, keyword) =
                            if issuer { (&mut node.issuer, "issuer") } else { (&mut node.secret, "secret") };
                        reader.once(slot, name, span, keyword);
                    }
                }
                Rule::names => {
                    for word in pair.into_inner().skip(1).filter(|word| word.as_rule() == Rule::bare) {
                        let text = reader.text_of(word);
                        node.names.push(text);
                    }
                }
                _ => return Err(pair),
            }
            Ok(())
        });
        Some((Body::Certificate(node), tags))
    }

    fn group(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let name = self.name(inner.next()?, "a group's name");
        inner.next(); // `=`
        let mut rest = inner.peekable();
        let peers = self.peers(&mut rest);
        let tags = self.clauses(Keyword::Group, rest, |_, pair| Err(pair));
        Some((Body::Group(ast::Group { name, peers }), tags))
    }

    fn ports_set(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let word = inner.next()?;
        let at = self.span(&word);
        let name = self
            .parsed(&word, word.as_str(), "a name for ports", port::name, &errors::INVALID_NAME)
            .unwrap_or(Spanned::new(SmolStr::new(word.as_str()), at));
        inner.next(); // `=`
        let mut rest = inner.peekable();
        let mut ports = Vec::new();
        while let Some(pair) = rest.next_if(|pair| matches!(pair.as_rule(), Rule::port_entry | Rule::comment)) {
            if pair.as_rule() == Rule::port_entry {
                let span = self.span(&pair);
                ports.extend(self.port(pair.as_str(), span));
            }
        }
        let tags = self.clauses(Keyword::Ports, rest, |_, pair| Err(pair));
        Some((Body::Ports(ast::PortsSet { name, ports }), tags))
    }

    fn include(&mut self, mut inner: Pairs<'a>) -> Option<(Body, ast::Tags)> {
        let path = self.text_of(inner.next()?);
        let tags = self.clauses(Keyword::Include, inner, |_, pair| Err(pair));
        Some((Body::Include(ast::Include { path }), tags))
    }

    fn platform(&mut self, mut inner: Pairs<'a>) -> Option<Body> {
        let block = inner.next()?;
        let open = self.span(&block);
        let mut facts = Vec::new();
        for pair in block.into_inner() {
            match pair.as_rule() {
                Rule::fact => facts.extend(self.fact(pair)),
                Rule::unclosed => self.unclosed(open, &pair),
                Rule::comment => {}
                // `broken`; what the grammar may learn besides is not passed over.
                _ => self.broken_fact(&pair),
            }
        }
        Some(Body::Platform(ast::Platform { facts }))
    }

    fn fact(&mut self, pair: Pair<'a, Rule>) -> Option<ast::Fact> {
        let span = self.span(&pair);
        let mut inner = pair.into_inner();
        let first = inner.next()?;
        let name = Spanned::new(SmolStr::new(first.as_str()), self.span(&first));
        let mut fact = ast::Fact { span, name, items: Vec::new(), values: Vec::new() };
        for pair in inner {
            match pair.as_rule() {
                Rule::fact_item => fact.items.extend(pair.into_inner().next().map(|item| self.text_of(item))),
                Rule::env_block => self.values(pair, &mut fact.values),
                // `fact_comma`: words are told apart without it.
                _ => {}
            }
        }
        Some(fact)
    }

    /// The values in the braces of `env`.
    fn values(&mut self, block: Pair<'a, Rule>, values: &mut Vec<(ast::Name, ast::Text)>) {
        let open = self.span(&block);
        for pair in block.into_inner() {
            match pair.as_rule() {
                Rule::assign => {
                    let mut parts = pair.into_inner();
                    if let (Some(key), Some(value)) = (parts.next(), parts.nth(1)) {
                        let key = self.name(key, "a value's name");
                        values.push((key, self.text_of(value)));
                    }
                }
                Rule::unclosed => self.unclosed(open, &pair),
                Rule::comment => {}
                _ => self.broken_value(&pair),
            }
        }
    }

    /// A comma list of words, and what follows it.
    fn names(&mut self, inner: Pairs<'a>, rule: Rule, what: &str) -> (Vec<ast::Name>, std::iter::Peekable<Pairs<'a>>) {
        let mut rest = inner.peekable();
        let mut names = Vec::new();
        while let Some(pair) = rest.next_if(|pair| pair.as_rule() == rule || pair.as_rule() == Rule::comment) {
            if pair.as_rule() == rule {
                names.push(self.name(pair, what));
            }
        }
        (names, rest)
    }

    fn mesh(&mut self, slot: &mut Option<ast::Name>, pair: Pair<'a, Rule>) {
        let span = self.span(&pair);
        let word = last(pair);
        let linkerd = |text: &str| match text {
            "linkerd" => Ok(SmolStr::new_static("linkerd")),
            _ => Err(Problem::new("`linkerd` is the only mesh that the compiler knows").meant("linkerd")),
        };
        if let Some(name) = self.parsed(&word, word.as_str(), "a mesh", linkerd, &errors::INVALID_VALUE) {
            self.once(slot, name, span, "mesh");
        }
    }

    fn port_clause(&mut self, pair: Pair<'a, Rule>) -> Option<ast::Port> {
        let mut parts = pair.into_inner().skip(1);
        let (name, number) = (parts.next()?, parts.next()?);
        let target = parts.nth(1);
        let name = self.parsed(&name, name.as_str(), "a port's name", port::name, &errors::INVALID_PORT)?;
        let (digits, protocols) = match number.as_str().split_once('/') {
            Some((digits, protocols)) => (digits, protocols),
            None => (number.as_str(), ""),
        };
        let protocols = if protocols.is_empty() && !number.as_str().contains('/') {
            Vec::new()
        } else {
            let all = |_: &str| protocols.split('+').map(port::protocol).collect::<Result<Vec<_>, _>>();
            self.parsed(&number, protocols, "a protocol", all, &errors::INVALID_PORT)?.value
        };
        let number = self.parsed(&number, digits, "a port number", port::number, &errors::INVALID_PORT)?;
        let target = match target {
            Some(target) => {
                Some(self.parsed(&target, target.as_str(), "a port number", port::number, &errors::INVALID_PORT)?)
            }
            None => None,
        };
        Some(ast::Port { name, number, protocols, target })
    }

    /// A DNS-1123 label. A wrong one is reported and kept, so that nothing else is said to be missing because of it.
    pub(super) fn name(&mut self, pair: Pair<'a, Rule>, what: &str) -> ast::Name {
        let span = self.span(&pair);
        self.checked_name(pair.as_str(), span, what)
    }

    pub(super) fn checked_name(&mut self, text: &str, span: Span, what: &str) -> ast::Name {
        if let Err(problem) = name::label(text) {
            self.report(errors::invalid(&errors::INVALID_NAME, span, text, what, problem));
        }
        Spanned::new(SmolStr::new(text), span)
    }

    fn service_name(&mut self, text: &str, span: Span) -> ast::Name {
        if let Err(problem) = name::service(text) {
            self.report(errors::invalid(&errors::INVALID_NAME, span, text, "a Service's name", problem));
        }
        Spanned::new(SmolStr::new(text), span)
    }

    /// A literal as it stands, or what is between the quotes of a string.
    pub(super) fn text_of(&mut self, pair: Pair<'a, Rule>) -> ast::Text {
        let span = self.span(&pair);
        let text = pair.as_str();
        if !text.starts_with('"') {
            return Spanned::new(SmolStr::new(text), span);
        }
        let inner = &text[1..text.len() - 1];
        match unescape(inner) {
            Ok(text) => Spanned::new(text, span),
            Err(problem) => {
                self.report(errors::invalid(&errors::INVALID_VALUE, span, text, "a string", problem));
                Spanned::new(SmolStr::new(inner), span)
            }
        }
    }
}

type Pairs<'a> = pest::iterators::Pairs<'a, Rule>;

fn backend(text: &str) -> Result<BackendProtocol, Problem> {
    let lower = text.to_ascii_lowercase();
    let known = match lower.as_str() {
        "http" => BackendProtocol::Http,
        "https" => BackendProtocol::Https,
        "grpc" => BackendProtocol::Grpc,
        "grpcs" => BackendProtocol::Grpcs,
        _ => return Err(Problem::new("`http`, `https`, `grpc` and `grpcs` are")),
    };
    if lower == text { Ok(known) } else { Err(Problem::new("protocols are lower-case").meant(lower)) }
}

/// Replaces `\"`, `\\`, `\n`, `\t` and `\u{…}`.
fn unescape(text: &str) -> Result<SmolStr, Problem> {
    if !text.contains('\\') {
        return Ok(SmolStr::new(text));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let escape = rest.chars().next();
        let taken = match escape {
            Some(c @ ('"' | '\\')) => {
                out.push(c);
                1
            }
            Some('n') => {
                out.push('\n');
                1
            }
            Some('t') => {
                out.push('\t');
                1
            }
            Some('u') => {
                let close = rest.find('}').filter(|_| rest[1..].starts_with('{'));
                let code =
                    close.and_then(|close| u32::from_str_radix(&rest[2..close], 16).ok()).and_then(char::from_u32);
                match (close, code) {
                    (Some(close), Some(c)) => {
                        out.push(c);
                        close + 1
                    }
                    _ => return Err(Problem::new("`\\u{…}` holds the hexadecimal number of a character")),
                }
            }
            _ => return Err(Problem::new("after `\\` stands `\"`, `\\`, `n`, `t` or `u{…}`")),
        };
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Ok(SmolStr::new(out))
}
