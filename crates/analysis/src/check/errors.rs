//! What can be wrong with what the statements mean, in words.

use smol_str::SmolStr;
use xks_base::diagnostics::suggest::listed;
use xks_base::diagnostics::{Diagnostic, Edit, Safety, codes};
use xks_base::source::Span;
use xks_base::values::Problem;
use xks_kubernetes::edge::nginx::holds::Stop;
use xks_kubernetes::edge::nginx::needs;

codes! {
    UNKNOWN_FACT = "unknown-fact", Deny, "`platform` has no fact of that name";
    INVALID_FACT = "invalid-fact", Deny, "a fact of `platform` is not written as it should be";
    PLATFORM_TWICE = "platform-twice", Deny, "the platform is described twice";
    PLATFORM_ELSEWHERE = "platform-elsewhere", Deny, "`platform` stands where only a tenant may speak";
    UNKNOWN_LINT = "unknown-lint", Deny, "`platform` sets the level of a lint that does not exist";
    UNKNOWN_ENVIRONMENT = "unknown-environment", Deny, "a clause names an environment that `platform` does not declare";
    UNKNOWN_VALUE = "unknown-value", Deny, "`${NAME}` names a value that the environment does not set";
    NOT_YOURS = "not-yours", Deny, "a statement opens what belongs to another tenant";
    INVARIANT_NOT_YOURS = "invariant-not-yours", Deny, "a tenant's `never` or `expect` speaks of others alone";
    PLATFORM_GROUP = "platform-group", Deny, "a group of the platform holds more than addresses";
    NOT_EXPORTED = "not-exported", Deny, "a rule reaches into a tenant that has not consented";
    INVALID_HOST = "invalid-host", Deny, "a host is not one that an Ingress takes";
    INVALID_PATH = "invalid-path", Deny, "a path is not one that an Ingress takes";
    HOST_TWICE = "host-twice", Deny, "a host and path are claimed twice";
    HOST_NOT_YOURS = "host-not-yours", Deny, "a host belongs to another tenant";
    NO_PRIVATE_INGRESS = "no-private-ingress", Deny, "`private` on a platform without a private ingress controller";
    UNKNOWN_TARGET = "unknown-target", Deny, "`expose` names nothing that is declared";
    MISSING_PORT = "missing-port", Deny, "an external is exposed and no port is known";
    NOT_HTTP = "not-http", Deny, "`expose` leads to a port that does not speak TCP";
    LIMITS_CLASH = "limits-clash", Deny, "`limit connections` beside `limit rps`";
    UNKNOWN_ANNOTATION = "unknown-annotation", Deny, "the ingress controller knows no annotation of that name";
    ANNOTATION_VALUE = "annotation-value", Deny, "an annotation's value is not of its type";
    RISKY_ANNOTATION = "risky-annotation", Deny, "an annotation that the controller refuses because it is critical";
    ANNOTATION_WITHOUT = "annotation-without", Deny, "an annotation does nothing without another";
    ANNOTATION_REACHES = "annotation-reaches", Deny, "an annotation reads what belongs to others, or goes where the client says";
    ANNOTATION_DENIED = "annotation-denied", Deny, "the platform refuses an annotation";
    STOPS_THE_CONTROLLER = "stops-the-controller", Deny, "nginx does not load the annotation, and serves nobody's changes any more";
    LEADS_INSIDE = "leads-inside", Deny, "the ingress controller would be led to what is not outside";
    ANNOTATION_TWICE = "annotation-twice", Deny, "an annotation is set twice";
    CLAUSE_CONFLICT = "clause-conflict", Deny, "two clauses of a statement do not go together";
    TOO_MANY_NAMES = "too-many-names", Deny, "a certificate has more names than an authority issues";
    NAME_IN_TWO_GROUPS = "name-in-two-groups", Deny, "a host is in two certificate groups";
    NEEDS_DNS_01 = "needs-dns-01", Deny, "a private or wildcard host whose issuer cannot prove it";
    REDUNDANT_NAME = "redundant-name", Deny, "a certificate names a host beside the wildcard that covers it";
    NO_PUBLIC_CA = "no-public-ca", Deny, "a host that no public authority issues certificates for";
    SECRET_TWICE = "secret-twice", Deny, "two certificates write one Secret";
    HOST_NOT_COVERED = "host-not-covered", Deny, "the certificate of a Secret does not name the host";
    CERTIFICATE_SHARE = "certificate-share", Deny, "a tenant takes more of an authority's week than the platform gives it";
    EMPTY_CERTIFICATE = "empty-certificate", Deny, "a certificate has no names";
    INVALID_EXTERNAL = "invalid-external", Deny, "an external leads where a Service must not";
    SERVICE_WITHOUT_PORT = "service-without-port", Deny, "a service has no port";
    OBJECT_TWICE = "object-twice", Deny, "two statements make the same object";
    TOO_MANY_PAIRS = "too-many-pairs", Deny, "a statement names more pairs of a source and a destination than are checked";
    EXPIRED = "expired", Deny, "a statement's `until` has passed";
}

pub(super) fn unknown_fact(span: Span, name: &str, near: Option<&str>, known: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_FACT, span, format!("`platform` has no fact `{name}`"));
    match near {
        Some(_) => diagnostic.did_you_mean(near),
        None => diagnostic.note(format!("the facts are {}", listed(known, "and"))),
    }
}

pub(super) fn invalid_fact(span: Span, reason: impl Into<String>, form: &str, meant: Option<String>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&INVALID_FACT, span, "this fact of the platform does not hold").label(reason);
    match meant {
        Some(meant) => diagnostic.help(format!("write `{meant}`")).suggestion(format!("write `{meant}`"), span, meant),
        None => diagnostic.help(format!("such a fact is written as in `{form}`")),
    }
}

pub(super) fn platform_twice(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&PLATFORM_TWICE, span, "the platform is already described")
        .label("a second description")
        .secondary(first, "the first one")
        .help("keep one `platform` in the workspace")
}

pub(super) fn platform_elsewhere(span: Span, first: Span) -> Diagnostic {
    Diagnostic::new(&PLATFORM_ELSEWHERE, span, "only the platform's files may describe the platform")
        .label("this file is not the platform's")
        .secondary(first, "this is the platform of the workspace")
        .note("what stands here has no effect")
        .help("move the facts to the root's `platform.xks`, which the platform's owners approve")
}

pub(super) fn places_overlap(span: Span, place: &str, other: Span, other_place: &str) -> Diagnostic {
    Diagnostic::new(&INVALID_FACT, span, format!("the places `{place}` and `{other_place}` overlap"))
        .label("a file here would have two owners")
        .secondary(other, "the other place")
        .help("give each a folder outside the other")
}

pub(super) fn tenant_fact_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&INVALID_FACT, span, format!("the platform describes tenant `{name}` twice"))
        .label("again here")
        .secondary(first, "first here")
        .help("keep one `tenant` fact, or give each its own environment: `in ENV`")
}

pub(super) fn fact_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&INVALID_FACT, span, format!("the fact `{name}` is stated twice"))
        .label("again here")
        .secondary(first, "first here")
        .help("keep one of them")
}

pub(super) fn unknown_lint(span: Span, name: &str, near: Option<&str>, error: bool) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_LINT, span, format!("there is no lint `{name}`"));
    match near {
        _ if error => diagnostic.label("this is an error, which has no level"),
        Some(_) => diagnostic.did_you_mean(near),
        None => diagnostic.help("`xks explain` lists them"),
    }
}

pub(super) fn unknown_environment(span: Span, name: &str, near: Option<&str>, declared: &[&str]) -> Diagnostic {
    let diagnostic = Diagnostic::new(&UNKNOWN_ENVIRONMENT, span, format!("there is no environment `{name}`"));
    match (near, declared) {
        (Some(_), _) => diagnostic.did_you_mean(near),
        (None, []) => diagnostic.help(format!("declare it: `platform {{ env {name} {{ }} }}`")),
        (None, declared) => diagnostic.note(format!("`platform` declares {}", listed(declared, "and"))),
    }
}

pub(super) fn unknown_value(span: Span, name: &str, env: Option<(&str, Span)>, near: Option<&str>) -> Diagnostic {
    let diagnostic = match env {
        Some((env, at)) => Diagnostic::new(&UNKNOWN_VALUE, span, format!("environment `{env}` has no value `{name}`"))
            .secondary(at, "the environment"),
        None => Diagnostic::new(
            &UNKNOWN_VALUE,
            span,
            format!("`${{{name}}}` has no value: the platform declares no environments"),
        ),
    };
    match (near, env) {
        (Some(near), _) => diagnostic.help(format!("did you mean `${{{near}}}`?")),
        (None, Some(_)) => diagnostic.help(format!("add `{name} = …` to each environment in `platform`")),
        (None, None) => diagnostic.help(format!("declare one: `platform {{ env prod {{ {name} = … }} }}`")),
    }
}

pub(super) fn not_yours(span: Span, tenant: &str, from: Span, to: Span, nobody: bool) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&NOT_YOURS, span, format!("neither end of this rule belongs to tenant `{tenant}`"))
            .secondary(from, "not yours")
            .secondary(to, "not yours")
            .note("a tenant opens what is its own: one end at least must be");
    if nobody {
        diagnostic.help("name an app of yours at one end; traffic that no pod takes part in is not for policies")
    } else {
        diagnostic.help("move the statement to the file of the tenant that it concerns")
    }
}

pub(super) fn export_not_yours(span: Span, tenant: &str) -> Diagnostic {
    Diagnostic::new(&NOT_YOURS, span, format!("this is not an app of tenant `{tenant}`"))
        .note("`export` lets others name what is yours: an app, a group, `*` or `pods(…)`")
}

pub(super) fn invariant_not_yours(span: Span, tenant: &str, word: &str, from: Span, to: Span) -> Diagnostic {
    let message = format!("neither end of this `{word}` is tenant `{tenant}` by its own name");
    Diagnostic::new(&INVARIANT_NOT_YOURS, span, message)
        .secondary(from, "not yours alone")
        .secondary(to, "not yours alone")
        .note("a tenant asserts what concerns its own pods; what holds for all is the platform's to say")
        .help("name your own pods at one end, such as `*`, or ask the platform to write it in its own file")
}

pub(super) fn platform_group(span: Span, group: &str) -> Diagnostic {
    Diagnostic::new(&PLATFORM_GROUP, span, format!("group `{group}` of the platform may hold addresses only"))
        .note("every tenant may name it like a group of its own, so it names nobody's pods")
        .help("write ranges of addresses, such as `192.0.2.0/24`")
}

/// What an `allow` lacks from one tenant: who, and where and what that tenant has to write.
pub(super) struct Missing<'a> {
    pub(super) tenant: &'a str,
    pub(super) line: String,
    pub(super) path: &'a str,
    pub(super) edit: Edit,
    pub(super) nearby: Option<(Span, String)>,
}

pub(super) fn not_exported(span: Span, what: &str, to: &str, missing: &[Missing<'_>]) -> Diagnostic {
    let owners = listed(missing.iter().map(|one| one.tenant), "and");
    let verb = if missing.len() == 1 { "has" } else { "have" };
    let mut diagnostic = Diagnostic::new(&NOT_EXPORTED, span, format!("{owners} {verb} not exported {what} to `{to}`"))
        .note("traffic between tenants needs the consent of both: `allow` here, `export` there");
    for one in missing {
        if let Some((at, text)) = &one.nearby {
            diagnostic = diagnostic.secondary(*at, text.clone());
        }
    }
    let lines: Vec<String> = missing.iter().map(|one| format!("add to {}: `{}`", one.path, one.line)).collect();
    let title = if missing.len() == 1 {
        format!("add `{}` to {}", missing[0].line, missing[0].path)
    } else {
        "add the `export` of each tenant".to_string()
    };
    diagnostic.help(lines.join("\n")).withdrawal().fix_with(
        title,
        Safety::Unsafe,
        missing.iter().map(|one| one.edit.clone()).collect(),
    )
}

pub(super) fn too_many_pairs(span: Span, pairs: usize, of_all: bool, most: usize) -> Diagnostic {
    let message = if of_all {
        format!("the rules of this tenant name more than {most} pairs of a source and a destination")
    } else {
        format!("this statement names {pairs} pairs of a source and a destination, and {most} are the most")
    };
    Diagnostic::new(&TOO_MANY_PAIRS, span, message)
        .label(if of_all { "with this one" } else { "each source with each destination" })
        .note("each pair is checked and written, so their number is bounded; without this statement all others stand")
        .help("give pods that belong together a label of their own, and name them by it: `pods(tier=web)`")
        .withdrawal()
}

pub(super) fn invalid_host(span: Span, text: &str, problem: Problem) -> Diagnostic {
    if text.is_empty() {
        return Diagnostic::new(&INVALID_HOST, span, "a host is missing before the path").help("write `HOST/PATH`");
    }
    xks_syntax::errors::invalid(&INVALID_HOST, span, text, "a host", problem)
}

pub(super) fn invalid_path(span: Span, text: &str, problem: Problem) -> Diagnostic {
    xks_syntax::errors::invalid(&INVALID_PATH, span, text, "a path", problem)
}

pub(super) fn host_twice(span: Span, shown: &str, first: Span, owner: &str, same_tenant: bool) -> Diagnostic {
    let whose = if same_tenant { "this tenant".to_string() } else { format!("tenant `{owner}`") };
    Diagnostic::new(&HOST_TWICE, span, format!("`{shown}` is already exposed by {whose}"))
        .label("claimed again")
        .secondary(first, "claimed here first")
        .note("the ingress controller refuses the second Ingress with the same host and path")
        .help("choose another host, or a path of its own: `HOST/PATH`")
}

/// Why a tenant may not have a host.
pub(super) enum Refused {
    /// A fact gives it to others: where, and to whom in words.
    ToOthers(Span, String),
    /// No fact gives it to anybody.
    ToNobody,
    /// A wildcard takes more than one host: the fact that is in its way, if one is, and why.
    Wildcard(Option<Span>, String),
}

pub(super) fn host_not_yours(span: Span, host: &str, tenant: &str, reason: Refused) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&HOST_NOT_YOURS, span, format!("tenant `{tenant}` may not expose `{host}`")).withdrawal();
    match reason {
        Refused::ToOthers(at, owners) => diagnostic.secondary(at, format!("the platform gives it to {owners}")),
        Refused::ToNobody => {
            diagnostic.note("the platform says who may expose which hosts, and gives this one to nobody")
        }
        Refused::Wildcard(at, why) => match at {
            Some(at) => diagnostic.secondary(at, why),
            None => diagnostic.note(why),
        },
    }
    .help(format!("choose a host of yours, or ask for `hosts {host} to {tenant}` in `platform`"))
}

/// A host that two tenants have.
pub(super) fn host_of_two(span: Span, host: &str, tenant: &str, other: Span, theirs: &str) -> Diagnostic {
    Diagnostic::new(&HOST_NOT_YOURS, span, format!("tenants `{tenant}` and `{theirs}` both have `{host}`"))
        .label(format!("`{tenant}` has it here"))
        .secondary(other, format!("`{theirs}` has it here"))
        .note("a host has one tenant, unless it lets another in, or the platform names both for this very host")
        .help(format!("let one write `export host {host} to {tenant}` (or a path of it), or choose another host"))
}

pub(super) fn no_private_ingress(span: Span, platform: Option<Span>) -> Diagnostic {
    let diagnostic = Diagnostic::new(&NO_PRIVATE_INGRESS, span, "this platform has no private ingress controller")
        .withdrawal()
        .note("an Ingress of a class that nobody serves stays dark")
        .help("remove `private`, which puts the host on the Internet, or ask for a private controller")
        .suggestion("expose it publicly", span, "public");
    match platform {
        Some(span) => diagnostic.secondary(span, "the platform says so"),
        None => diagnostic,
    }
}

pub(super) fn unknown_target(span: Span, name: &str, tenant: &str, near: Option<&str>, first: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&UNKNOWN_TARGET, span, format!("tenant `{tenant}` has no app, service or external `{name}`"))
            .secondary(first, "this `app` statement makes every app need a declaration");
    match near {
        Some(_) => diagnostic.did_you_mean(near),
        None => diagnostic.help(format!("declare it with `app {name}`")).suggestion(
            format!("declare `app {name}`"),
            first.before(),
            format!("app {name}\n"),
        ),
    }
}

pub(super) fn missing_port(span: Span, name: &str, declared: Span) -> Diagnostic {
    Diagnostic::new(&MISSING_PORT, span, format!("external `{name}` is exposed, and its port is not known"))
        .secondary(declared, "no port here")
        .help(format!("write the port: `expose {name}:443 at …`, or behind the external's address"))
        .suggestion("write `:443`", span.after(), ":443")
}

pub(super) fn unknown_service_port(
    span: Span,
    port: &str,
    service: &str,
    declared: &[String],
    at: Span,
    near: Option<&str>,
) -> Diagnostic {
    Diagnostic::new(&crate::names::errors::UNKNOWN_PORT, span, format!("`{service}` has no port `{port}`"))
        .secondary(at, format!("it declares {}", declared.join(", ")))
        .did_you_mean(near)
}

pub(super) fn no_default_port(
    span: Span,
    service: &str,
    declared: &[String],
    at: Span,
    first: Option<&str>,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &crate::names::errors::UNKNOWN_PORT,
        span,
        format!("`{service}` has several ports, and none is called `http`"),
    )
    .secondary(at, format!("it declares {}", declared.join(", ")));
    match first {
        Some(first) => diagnostic.help(format!("say which: `{service}:{first}`")).suggestion(
            format!("write `:{first}`"),
            span.after(),
            format!(":{first}"),
        ),
        None => diagnostic,
    }
}

pub(super) fn not_http(span: Span, port: &str, declared: Span, protocol: &str) -> Diagnostic {
    Diagnostic::new(&NOT_HTTP, span, format!("port `{port}` speaks {protocol}, and an Ingress leads to HTTP over TCP"))
        .secondary(declared, "declared here")
        .help("expose a TCP port; other protocols need a load balancer of their own")
}

pub(super) fn limits_clash(span: Span, first: Span, why: &str) -> Diagnostic {
    Diagnostic::new(&LIMITS_CLASH, span, "an exposure is limited by connections or by requests a second, not by both")
        .label("a second limit")
        .secondary(first, "the first one")
        .note(why)
        .help("remove one of them")
}

pub(super) fn unknown_annotation(span: Span, name: &str, near: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&UNKNOWN_ANNOTATION, span, format!("the ingress controller knows no annotation `{name}`"))
            .note("it would ignore it without a word");
    if near.is_some() {
        diagnostic.did_you_mean(near)
    } else {
        diagnostic.help("look its name up in the controller's documentation, and leave the prefix out")
    }
}

pub(super) fn annotation_value(span: Span, name: &str, value: &str, problem: Problem) -> Diagnostic {
    xks_syntax::errors::invalid(&ANNOTATION_VALUE, span, value, &format!("a value of `{name}`"), problem)
}

pub(super) fn risky_annotation(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&RISKY_ANNOTATION, span, format!("the controller refuses `{name}`"))
        .label("critical: it puts text into the configuration of a controller that all tenants share")
        .help("look for a clause or annotation that says the same without a snippet")
}

/// Where an annotation is written.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) key: Span,
    pub(super) value: Span,
}

/// Why the controller may not be led somewhere.
pub(super) struct Refusal {
    /// The reason, as a sentence without a full stop.
    pub(super) reason: String,
    /// What of the platform says so.
    pub(super) fact: Option<Span>,
}

pub(super) fn annotation_without(place: Place, missing: &needs::Missing<'_>) -> Diagnostic {
    let (key, need) = (missing.key, missing.need);
    let alternatives: Vec<String> = need.any.iter().map(|one| format!("`{}`", needs::told(one))).collect();
    let written: Vec<String> = need.any.iter().map(|one| format!("`nginx {}`", needs::shown(one))).collect();
    let otherwise = need.otherwise.as_deref().unwrap_or("the controller passes over it without a word");
    let diagnostic =
        Diagnostic::new(&ANNOTATION_WITHOUT, place.key, format!("`{key}` needs {}", either(&alternatives)))
            .label("does nothing by itself")
            .note(format!("without it, {otherwise}"));
    // The clause says all of it at once, and in the tenant's own namespace.
    if need.any.iter().any(|one| one.name() == "proxy-ssl-secret") {
        let help =
            "write the clause `verify SECRET`, which sets both, or add `nginx proxy-ssl-secret NAMESPACE/SECRET`";
        return diagnostic.help(help);
    }
    let diagnostic = diagnostic.help(format!("add {}", either(&written)));
    match need.any.iter().find_map(needs::written) {
        Some(clause) => {
            diagnostic.suggestion(format!("add `nginx {clause}`"), place.value.after(), format!(" nginx {clause}"))
        }
        None => diagnostic,
    }
}

/// Some texts with commas and a last `or` between.
fn either(texts: &[String]) -> String {
    match texts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

pub(super) fn canary_without_main(key: Span, host: &str, inside: Option<(Span, &str)>) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &ANNOTATION_WITHOUT,
        key,
        format!("`canary` needs another Ingress of `{host}` to be a canary of"),
    )
    .label("there is none with this host and path")
    .note("without one the controller gives it every host that it does not know, or nothing at all");
    match inside {
        Some((span, tenant)) => {
            diagnostic.secondary(span, format!("tenant `{tenant}` has the host, which is not yours"))
        }
        None => diagnostic,
    }
    .help("expose what it is a canary of at the same host and path, or remove `nginx canary`")
}

pub(super) fn stops_the_controller(place: Place, stop: &Stop<'_>, tenant: &str) -> Diagnostic {
    let diagnostic = Diagnostic::new(
        &STOPS_THE_CONTROLLER,
        place.value,
        format!("this value of `{}` stops the ingress controller", stop.key),
    )
    .label(stop.reason.clone())
    .note("nginx refuses its whole configuration, and no tenant's changes are served any more");
    match &stop.name {
        Some(name) => {
            diagnostic.help(format!("{}, or ask for `externals {name} to {tenant}` in `platform`", stop.mend))
        }
        None => diagnostic.help(stop.mend.as_str()),
    }
}

pub(super) fn foreign_object(
    place: Place,
    key: &str,
    kind: &str,
    namespace: &str,
    name: &str,
    own: &str,
) -> Diagnostic {
    Diagnostic::new(&ANNOTATION_REACHES, place.value, format!("`{key}` reads a {kind} of namespace `{namespace}`"))
        .label(format!("this tenant's namespace is `{own}`"))
        .note("what lies in a namespace is its tenant's alone, and the controller could read all of it")
        .help(format!("put a {kind} of your own there, and write `nginx {key} {own}/{name}`"))
}

pub(super) fn of_the_whole_host(place: Place, key: &str, host: &str, tenant: &str) -> Diagnostic {
    Diagnostic::new(&ANNOTATION_REACHES, place.key, format!("`{key}` counts for all of `{host}`"))
        .label("this tenant was lent a path of it")
        .note("the controller keeps it once for a host, and takes it from whichever Ingress has it")
        .help(format!("remove it, or ask the host's tenant for all of it: `export host {host} to {tenant}`"))
}

pub(super) fn passed_through(place: Place, key: &str, by: Span) -> Diagnostic {
    Diagnostic::new(&ANNOTATION_WITHOUT, place.key, format!("`{key}` does nothing beside `ssl-passthrough`"))
        .label("protects no request over TLS")
        .secondary(by, "TLS is handed on unopened")
        .note("the controller sees no request then, and lets everybody in")
        .help("remove `nginx ssl-passthrough`, or let the app protect itself and remove this")
}

pub(super) fn client_decides(place: Place, key: &str, variable: &str) -> Diagnostic {
    Diagnostic::new(&ANNOTATION_REACHES, place.value, format!("`{key}` goes where the client says"))
        .label(format!("`{variable}` comes with the request"))
        .note("the controller may connect to what no client can reach: pods, the API server, the cloud's metadata")
        .help("write the host, or `$host` for that of this exposure")
}

pub(super) fn leads_inside(
    span: Span,
    host: &str,
    refusal: &Refusal,
    tenant: &str,
    declared: Option<Span>,
) -> Diagnostic {
    let mut diagnostic =
        Diagnostic::new(&LEADS_INSIDE, span, format!("the ingress controller may not be led to `{host}`"))
            .label(refusal.reason.clone())
            .note("the controller is let in almost everywhere, and does what anybody on the Internet asks of it");
    if let Some(declared) = declared {
        diagnostic = diagnostic.secondary(declared, "where it leads");
    }
    if let Some(fact) = refusal.fact {
        diagnostic = diagnostic.secondary(fact, "the platform says so").withdrawal();
    }
    diagnostic.help(format!("lead to a host outside, or ask for `externals {host} to {tenant}` in `platform`"))
}

pub(super) fn exposed_by_another(span: Span, host: &str, declared: Span, first: Span, owner: &str) -> Diagnostic {
    Diagnostic::new(&LEADS_INSIDE, span, format!("the ingress controller may not be led to `{host}`"))
        .label(format!("tenant `{owner}` exposes it"))
        .secondary(declared, "where it leads")
        .secondary(first, "exposed here")
        .note("requests would come to it from the controller, past what it asks of clients")
        .help("lead to a host outside, or let clients ask that host themselves: `redirect https://…`")
}

pub(super) fn annotation_denied(place: Place, key: &str, tenant: &str, fact: Span) -> Diagnostic {
    Diagnostic::new(&ANNOTATION_DENIED, place.key, format!("the platform refuses `{key}` to tenant `{tenant}`"))
        .secondary(fact, "the platform says so")
        .help(format!("remove what sets `{key}`, or ask the platform's owners"))
        .withdrawal()
}

pub(super) fn alias_of_many(span: Span, text: &str) -> Diagnostic {
    Diagnostic::new(&HOST_NOT_YOURS, span, format!("`{text}` stands for hosts that nobody can count"))
        .note("the platform says who may expose which hosts, and gives single hosts and `*.ZONE` only")
        .help("write each host, with commas between")
}

pub(super) fn alias_twice(span: Span, host: &str, first: Span, owner: &str) -> Diagnostic {
    Diagnostic::new(&HOST_TWICE, span, format!("`{host}` is already exposed by tenant `{owner}`"))
        .label("claimed again, as a further name")
        .secondary(first, "claimed here first")
        .note("the ingress controller ignores a further name that is somebody's host, until that host is gone")
        .help("remove it")
}

pub(super) fn annotation_twice(span: Span, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&ANNOTATION_TWICE, span, format!("`{name}` is set twice for this exposure"))
        .label("again here")
        .secondary(first, "set here first")
        .help("keep one of them")
}

pub(super) fn clause_conflict(span: Span, first: Span, why: &str, help: &str) -> Diagnostic {
    Diagnostic::new(&CLAUSE_CONFLICT, span, why).secondary(first, "does not go with this").help(help)
}

pub(super) fn too_many_names(span: Span, group: &str, count: usize, last: Span) -> Diagnostic {
    Diagnostic::new(
        &TOO_MANY_NAMES,
        span,
        format!("certificate `{group}` has {count} names, and an authority issues for 100 at the most"),
    )
    .secondary(last, "the last of them")
    .help(format!("put some of the hosts into a second group: `tls {group}-2`"))
}

pub(super) fn name_in_two_groups(span: Span, host: &str, group: &str, first: Span, other: &str) -> Diagnostic {
    Diagnostic::new(&NAME_IN_TWO_GROUPS, span, format!("`{host}` is in certificate `{group}` and in `{other}`"))
        .label("again here")
        .secondary(first, format!("in `{other}` here"))
        .note("each would be issued and renewed for itself, and count against the authority's limits twice")
        .help(format!("write `tls {other}` in both places"))
}

pub(super) fn needs_dns_01(span: Span, host: &str, wildcard: bool, issuer: Option<Span>) -> Diagnostic {
    let reason = if wildcard {
        "a wildcard is only proved by DNS-01"
    } else {
        "the authority cannot reach a private controller over HTTP"
    };
    let diagnostic = Diagnostic::new(&NEEDS_DNS_01, span, format!("the issuer cannot prove `{host}`"))
        .label(reason)
        .help("use an issuer that solves DNS-01, or a Secret that you provide: `tls secret NAME`")
        .withdrawal();
    match issuer {
        Some(at) => diagnostic.secondary(at, "the issuer solves HTTP-01 only"),
        None => diagnostic,
    }
}

pub(super) fn redundant_name(span: Span, host: &str, wildcard: &str, first: Span, secret: Option<&str>) -> Diagnostic {
    let diagnostic =
        Diagnostic::new(&REDUNDANT_NAME, span, format!("`{host}` stands beside `{wildcard}` in one certificate"))
            .secondary(first, "the wildcard covers it")
            .note("Let's Encrypt refuses the order as redundant, and the whole certificate is not issued");
    match secret {
        Some(secret) => diagnostic
            .help(format!("write `tls secret {secret}` here: it uses the certificate without adding the name")),
        None => diagnostic.help("remove it: the wildcard covers it"),
    }
}

pub(super) fn no_public_ca(span: Span, host: &str, reason: &str) -> Diagnostic {
    Diagnostic::new(&NO_PUBLIC_CA, span, format!("no public authority issues a certificate for `{host}`"))
        .label(reason)
        .help("use a public domain, a Secret that you provide (`tls secret NAME`), or say that the issuer is yours:\n`platform { issuer NAME authority private }`")
        .withdrawal()
}

pub(super) fn secret_twice(span: Span, secret: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&SECRET_TWICE, span, format!("Secret `{secret}` is written by two certificates"))
        .label("again here")
        .secondary(first, "first here")
        .note("one of them never gets it, or both overwrite it in turn, as cert-manager's version has it")
        .help("give each a Secret of its own")
}

pub(super) fn over_share(
    span: Span,
    domain: &str,
    tenant: &str,
    count: usize,
    most: usize,
    share: u8,
    fact: Option<Span>,
) -> Diagnostic {
    let message = format!("tenant `{tenant}` has {count} certificates for `{domain}`, and may have {most}");
    let diagnostic = Diagnostic::new(&CERTIFICATE_SHARE, span, message)
        .label("the last of them")
        .note("all tenants share what the authority issues for a domain in a week")
        .help("let hosts share one `tls` group: a certificate may hold 100 names");
    match fact {
        Some(fact) => diagnostic.secondary(fact, format!("the platform gives each tenant {share}% of it")),
        None => diagnostic,
    }
}

pub(super) fn host_not_covered(span: Span, host: &str, secret: &str, group: &str, at: Span) -> Diagnostic {
    Diagnostic::new(&HOST_NOT_COVERED, span, format!("the certificate in `{secret}` does not name `{host}`"))
        .secondary(at, format!("certificate `{group}` writes that Secret"))
        .help(format!("write `tls {group}`, which adds the name"))
}

pub(super) fn empty_certificate(span: Span, name: &str) -> Diagnostic {
    Diagnostic::new(&EMPTY_CERTIFICATE, span, format!("certificate `{name}` has no names"))
        .label("no `expose` uses it")
        .help(format!("write `tls {name}` behind an `expose`, `names HOST` here, or remove it"))
}

pub(super) fn invalid_external(span: Span, text: &str, problem: Problem) -> Diagnostic {
    xks_syntax::errors::invalid(&INVALID_EXTERNAL, span, text, "a destination outside the cluster", problem)
}

pub(super) fn service_without_port(span: Span, name: &str, app: Option<&str>) -> Diagnostic {
    let app = app.map(|app| format!(" for {app}")).unwrap_or_default();
    Diagnostic::new(&SERVICE_WITHOUT_PORT, span, format!("service `{name}` has no port"))
        .label("neither here nor on the app behind it")
        .help(format!("write `service {name} port http 80{app}`"))
}

pub(super) fn object_twice(span: Span, kind: &str, name: &str, first: Span) -> Diagnostic {
    Diagnostic::new(&OBJECT_TWICE, span, format!("{kind} `{name}` is made twice"))
        .label("again here")
        .secondary(first, "first here")
        .help("rename one of them: an object of a kind has its name for itself in a namespace")
}

pub(super) fn default_deny_twice(span: Span, tenant: Span) -> Diagnostic {
    Diagnostic::new(&OBJECT_TWICE, span, "NetworkPolicy `default-deny` is made twice")
        .label("in the included file")
        .secondary(tenant, "xks writes one for each tenant")
        .help("remove it from the file, or say that the cluster has one: `platform { default-deny provided NAME }`")
}

pub(super) fn no_mesh(span: Span, platform: Span) -> Diagnostic {
    Diagnostic::new(&CLAUSE_CONFLICT, span, "the platform has no mesh")
        .secondary(platform, "it states none")
        .note("the proxy is only put into pods where Linkerd is installed")
        .help("remove `mesh linkerd`, or state it: `platform { mesh linkerd }`")
        .withdrawal()
}

pub(super) fn isolated_but_provided(span: Span, tenant: &str, provided: &str, fact: Span) -> Diagnostic {
    Diagnostic::new(
        &CLAUSE_CONFLICT,
        span,
        format!("tenant `{tenant}` cannot be `isolated`: `{provided}` opens traffic inside it"),
    )
    .secondary(fact, "the cluster provides its default deny")
    .note("policies only add up: none takes back what another opens")
    .help("remove `isolated`, or let xks write the default deny")
}

pub(super) fn expired(span: Span, date: &str, today: &str) -> Diagnostic {
    Diagnostic::new(&EXPIRED, span, format!("this statement was to hold until {date}"))
        .label(format!("today is {today}"))
        .help("remove the statement, or agree on a later date")
}

pub(super) fn host_of_everybody(span: Span, what: &str) -> Diagnostic {
    Diagnostic::new(&HOST_NOT_YOURS, span, format!("{what} takes every host that nobody has"))
        .note("the platform says who may expose which hosts")
        .help("write a `host` in each rule, and no `defaultBackend`")
}

pub(super) fn name_of_no_host(span: Span, field: &str) -> Diagnostic {
    Diagnostic::new(&HOST_NOT_YOURS, span, format!("`{field}` names what no fact of the platform gives"))
        .note("the platform says who may have which hosts, and certificates are for these")
        .help(format!("remove `{field}`, and list the hosts under `dnsNames`"))
}

/// A place in an included file.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    object: SmolStr,
    path: SmolStr,
    line: u32,
}

impl Spot {
    pub(super) fn new(object: String, path: &str, line: u32) -> Spot {
        Spot { object: SmolStr::new(object), path: SmolStr::new(path), line }
    }

    /// The object and its file.
    pub(super) fn file(&self) -> (&SmolStr, &SmolStr) {
        (&self.object, &self.path)
    }

    /// A finding with this place in front of it.
    pub(super) fn said(&self, diagnostic: Diagnostic) -> Diagnostic {
        let mut diagnostic = diagnostic;
        diagnostic.message = format!("{} in `{}`, line {}: {}", self.object, self.path, self.line, diagnostic.message);
        // Nothing of what is wrong stands in the statement.
        diagnostic.fixes.clear();
        diagnostic
    }
}
