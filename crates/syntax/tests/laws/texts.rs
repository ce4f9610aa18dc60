//! Random texts, sound and broken: fragments of the language with every kind of blank and line end between them, then
//! wounds. The same seed gives the same text.

/// A source of numbers that any seed starts well (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (((mixed ^ (mixed >> 31)) >> 32) as usize * sides) >> 32
    }

    fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// Whole statements: `_` where blanks may stand, `~` where a list or parentheses may go on in the next line, `@` for any
/// value and `^` for a name.
const STATEMENTS: &[&str] = &[
    "tenant_shop",
    "tenant_shop_namespace_shop-ns_isolated_mesh_linkerd_labels_team=shop,~k=v",
    "app_web",
    "app_web,~api,~db_port_http_8080_labels_app=web",
    "app_web_{_port_http_8080;_port_dns_53/tcp+udp;_labels_a=b,~c=\"\"_}",
    "app_web_{}",
    "service_api_port_http_80_->_8080_for_web",
    "service_api_{_port_http_80_}",
    "expose_web_at_shop.example.com",
    "expose_web:http_at_shop.example.com/a,~www.example.com_private_tls_shared_exact",
    "expose_web_at_a.example.com_{_tls_secret_s;_limit_rps_5;_nginx_proxy-body-size_8m;_from_10.0.0.0/8,~::/0_}",
    "expose_web_at_\"a;b # {\"_rewrite_/$1_redirect_\"https://${domain}/\"_host-header_)_backend_https_verify_ca",
    "expose_web_at_a.example.com_nginx_key_,_no-tls",
    "expose_web_at_a.example.com_nginx_configuration-snippet_\"more { a; } # b\"_because_\"it } has;\"",
    "allow_web_->_api",
    "allow_web,~api_->_db:5432,80,~internet:443/udp",
    "allow_*_->_pods(tier=web,~k_in_(a,~b),~!x,~e_not_in_(f),~g!=h)",
    "allow_tenants(team=obs)/pods(app=prometheus),~other/*_->_./web:http_in_dev,~prod_until_2027-01-31",
    "allow_web_->_10.0.0.0/8_except_10.1.0.0/16:443,~[::1]:80,~2001:db8::/32_because_\"a \\\" b\"",
    "allow_ingress,~ingress_private_->_dns_*.example.com:80",
    "export_web:80,~*_to_*,~other",
    "external_bank_->_1.2.3.4:443,~[::1]:443,~api.example.com",
    "certificate_shared_issuer_le_secret_shared.pem_names_a.example.com,~*.example.com",
    "never_*_->_./internet",
    "expect_web_->_api_{_in_dev;_because_\"c\"_}",
    "group_g_=_web,~other/api,~10.0.0.0/8",
    "ports_p_=_80,~443,~8000-9000/udp",
    "include_\"manifests/a.yaml\"",
    "platform_{_cni_calico;_hosts_a.b_to_c,~d;_lint_missing-tls_deny_}",
    "platform_{_env_dev_{_domain_=_dev.example.com;_other_=_\"x;y\"_};_kubernetes_1.33_}",
    "platform_{_app._x;_zones_a,~b_}",
    "platform_{}",
    "^_@_->_@",
    "expose_^:^_at_@,~@_rewrite_@_nginx_^_@_host-header_@_from_@_redirect_@_limit_rps_^_verify_^",
    "expose_^_at_@_{_tls_secret;_nginx_^_@;_nginx_@_@,@;_backend_^;_redirect_@_because_@_}",
    "external_^_->_@,~@_until_@_in_^,~^",
    "certificate_^_names_@,~@_secret_@_issuer_@",
    "allow_@:^,~@_->_^/^:^,@,~@:@_except_@",
    "allow_pods(@=@,~!@,~@_in_(@,~@),~@_not_in_(@),~@!=@)_->_tenants(@)/@",
    "app_^,~@_labels_@=@,~@=@_port_^_@_->_@_{_mesh_^_}",
    "platform_{_@_@,~@_@;_env_^_{_^_=_@;_@=@_};_^_@_}",
    "group_^_=_@,~@;ports_^=@,~@;include_@;export_@_to_@,~^",
];

/// Values: some look like marks or are words of the language, some need their quotes.
const VALUES: &[&str] = &[
    "a",
    "a.b",
    "/a/(.*)",
    "*",
    ")",
    "(",
    "=",
    "!",
    "!=",
    "->",
    "-",
    ":",
    "[::1]:80",
    "::/0",
    "10.0.0.0/8",
    "8m",
    "80",
    "${a}",
    "${a}.b",
    "a,b",
    ",",
    "a,",
    ",a",
    "()",
    "\"s\"",
    "\"\"",
    "\"a b\"",
    "\", \"",
    "\") {\"",
    "\"}\"",
    "\"# \\\"\"",
    "\"\u{a0}\"",
    "\"\t\"",
    "tls",
    "secret",
    "in",
    "except",
    "because",
    "port",
    "}",
    "{",
    "#",
    "\u{a0}",
    "\u{feff}",
    "\u{2028}",
    "\u{85}",
    "\u{c}",
    "a\u{a0}",
    "\u{3000}b",
    "é",
    "a-",
    "-a",
    "a->",
    "a-b",
    "a=b",
    "a>b",
    "<a",
    "%2f",
    "k",
    ".",
    "..",
    "/",
];

const NAMES: &[&str] = &[
    "a", "web", "api", "in", "to", "at", "tls", "port", "secret", "except", "dns", "ingress", "allow", "app",
    "platform", "x-y", "80", "pods", "tenants", "env", "é", "not",
];

/// Words of the language, marks, and what is none.
const TOKENS: &[&str] = &[
    "allow",
    "app",
    "certificate",
    "expose",
    "export",
    "platform",
    "tenant",
    "group",
    "include",
    "at",
    "to",
    "in",
    "not",
    "except",
    "dns",
    "ingress",
    "public",
    "tls",
    "secret",
    "port",
    "labels",
    "nginx",
    "names",
    "because",
    "until",
    "env",
    "a",
    "foo",
    "./a",
    "b.example.com",
    "10.0.0.0/8",
    "[::1]:443",
    "80",
    "http",
    "k=v",
    "!k",
    "!=",
    "${a}",
    "${",
    "*",
    "->",
    "-",
    ">",
    "=",
    ":",
    "/",
    ",",
    ";",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "#",
    "# c",
    "# c ; d } {",
    "\"",
    "\"s\"",
    "\"a;b # { \"",
    "\\",
    "\"\\\"\"",
    "foo { bar",
    "foo }",
    "{ {",
    "} }",
    "platform { a",
    "platform {\nb",
    "env d {",
    "# {",
    "foo \"}\" }",
    "\0",
    "\u{1b}",
    "\u{e9}",
    "\u{1f600}",
    "\u{202e}",
];

const BLANKS: &[&str] = &[" ", "  ", "\t", " \t", "    "];
/// What looks like a blank, or like nothing, and is a word.
const FALSE_BLANKS: &[&str] = &["\u{a0}", "\u{2028}", "\u{85}", "\u{feff}", "\u{c}", "\u{b}", "\u{200b}"];
const LINE_ENDS: &[&str] =
    &["\n", "\n", "\n", "\n\n", "\r\n", "\r", "\n\n\n", "\r\r\n", "\n  ", "\n\t", " # c\n", "# { \n"];
const SEPARATORS: &[&str] =
    &["\n", "\n", "\n", "\n\n", "\r\n", "\r", ";", "; ", " ;", ";;", ";\n", "\n;", " # c\n", "\n# c\n", " ", ""];

fn blank(dice: &mut Dice, out: &mut String) {
    match dice.roll(40) {
        0 => out.push_str(dice.of(FALSE_BLANKS)),
        1 => {}
        2 => out.push_str(dice.of(LINE_ENDS)),
        3..8 => out.push_str(dice.of(BLANKS)),
        _ => out.push(' '),
    }
}

fn statement(dice: &mut Dice, out: &mut String) {
    for c in dice.of(STATEMENTS).chars() {
        match c {
            '_' => blank(dice, out),
            '~' => match dice.roll(4) {
                0 => out.push_str(dice.of(LINE_ENDS)),
                1 => {}
                _ => blank(dice, out),
            },
            '@' => out.push_str(dice.of(VALUES)),
            '^' => out.push_str(dice.of(NAMES)),
            ';' if dice.one_in(2) => out.push_str(dice.of(LINE_ENDS)),
            ',' if dice.one_in(12) => out.push_str(" , "),
            '{' | '}' if dice.one_in(6) => {
                out.push(c);
                out.push_str(dice.of(LINE_ENDS));
            }
            c => out.push(c),
        }
    }
}

/// A part of a file: mostly a statement, sometimes words in no order.
fn part(dice: &mut Dice, out: &mut String) {
    if dice.roll(10) < 7 {
        return statement(dice, out);
    }
    for _ in 0..dice.roll(6) {
        out.push_str(dice.of(TOKENS));
        blank(dice, out);
    }
}

/// Cuts out, doubles or replaces a few characters.
fn wound(dice: &mut Dice, text: &mut Vec<char>) {
    let start = dice.roll(text.len() + 1);
    let end = (start + dice.roll(8)).min(text.len());
    match dice.roll(5) {
        0 => drop(text.drain(start..end)),
        1 => {
            let doubled = text[start..end].to_vec();
            text.splice(end..end, doubled);
        }
        2 => {
            let instead = dice.of(FALSE_BLANKS);
            text.splice(start..end, instead.chars());
        }
        3 => {
            let line_end = dice.of(LINE_ENDS);
            text.splice(start..start, line_end.chars());
        }
        _ => {
            let instead = dice.of(TOKENS);
            text.splice(start..end, instead.chars());
        }
    }
}

/// A text; about a third of them are sound.
pub(crate) fn text(seed: u64) -> String {
    let dice = &mut Dice::new(seed);
    let mut out = String::new();
    if dice.one_in(12) {
        out.push('\u{feff}');
    }
    for _ in 0..dice.roll(6) {
        part(dice, &mut out);
        out.push_str(dice.of(SEPARATORS));
        if dice.one_in(4) {
            out.push_str(dice.of(BLANKS));
        }
    }
    let mut chars: Vec<char> = out.chars().collect();
    for _ in 0..[0, 0, 1, 1, 2, 4][dice.roll(6)] {
        wound(dice, &mut chars);
    }
    chars.into_iter().collect()
}
