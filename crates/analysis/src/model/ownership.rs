//! Who may write what: the facts `tenants from`, `tenant`, `platform from` and `owners`, and the place of each file.
//!
//! Patterns are anchored at the root of the workspace, `*` is one segment, and names compare by bytes.

use super::Labels;
use smol_str::SmolStr;
use std::borrow::Cow;
use xks_base::source::{Span, Spanned};

/// The facts about who may write what, as they are stated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ownership {
    /// `tenants from PATTERN, …`
    pub patterns: Vec<Pattern>,
    /// `tenant NAME …`, in the order of the text.
    pub tenants: Vec<TenantFact>,
    /// `platform from DIR`: where the platform's statements stand besides the root's `platform.xks`.
    pub platform: Option<Spanned<SmolStr>>,
    /// `owners NAME, …`: who approves what the platform says.
    pub owners: Vec<SmolStr>,
}

/// A pattern of folders, one segment of which is a tenant's name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    /// Its segments; exactly one is `*`.
    pub segments: Vec<SmolStr>,
    /// Where it is written.
    pub span: Span,
}

/// What the platform says about one tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantFact {
    /// Its name.
    pub name: Spanned<SmolStr>,
    /// Its place, where that is not the pattern's.
    pub from: Option<Spanned<SmolStr>>,
    /// Its namespace, where that is not its name.
    pub namespace: Option<Spanned<SmolStr>>,
    /// The labels of its namespace.
    pub labels: Option<Spanned<Labels>>,
    /// Who approves what it says.
    pub owners: Vec<SmolStr>,
    /// The environments that this holds in; empty for all.
    pub envs: Vec<Spanned<SmolStr>>,
}

/// Whose a file is by where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A tenant's.
    Tenant(SmolStr),
    /// The platform's.
    Platform,
    /// Nobody's.
    Nobody,
}

impl Ownership {
    /// Whether anything says which files a tenant may write. Without it, every file speaks for whom it names.
    pub fn is_stated(&self) -> bool {
        !self.patterns.is_empty() || self.tenants.iter().any(|tenant| tenant.from.is_some())
    }

    /// Whose a file is by its path from the root of the workspace.
    pub fn place(&self, path: &str, output: &str) -> Place {
        let segments: Vec<&str> = path.split('/').collect();
        if self.is_of_platform(path) {
            return Place::Platform;
        }
        let is_hidden = segments.iter().any(|segment| segment.starts_with('.'));
        if is_hidden || is_below(path, output) {
            return Place::Nobody;
        }
        let explicit = self.tenants.iter().find(|fact| fact.from.as_ref().is_some_and(|from| holds(&from.value, path)));
        if let Some(fact) = explicit {
            return Place::Tenant(fact.name.value.clone());
        }
        let named = self.patterns.iter().find_map(|pattern| pattern.name_in(&segments));
        match named {
            // Its place is the one that the platform states.
            Some(name) if self.from(name).is_some() => Place::Nobody,
            Some(name) => Place::Tenant(SmolStr::new(name)),
            None => Place::Nobody,
        }
    }

    /// Whether a file is the platform's: `platform.xks` of the root; besides it those of `platform from`, else those that
    /// lie directly in the root and in no tenant's place.
    fn is_of_platform(&self, path: &str) -> bool {
        path == PLATFORM_FILE
            || match &self.platform {
                Some(from) => holds(&from.value, path),
                None => {
                    let segments = [path];
                    !path.contains('/')
                        && self.patterns.iter().all(|pattern| pattern.name_in(&segments).is_none())
                        && self
                            .tenants
                            .iter()
                            .filter_map(|fact| fact.from.as_ref())
                            .all(|from| !holds(&from.value, path))
                }
            }
    }

    fn from(&self, name: &str) -> Option<&Spanned<SmolStr>> {
        self.tenants.iter().filter(|fact| fact.name.value == name).find_map(|fact| fact.from.as_ref())
    }

    /// The folders that a tenant's files lie in; a file of that name with `.xks` behind it is one too.
    pub fn folders(&self, name: &str) -> Vec<Cow<'_, str>> {
        match self.from(name) {
            Some(from) => vec![Cow::Borrowed(from.value.as_str())],
            None => self.patterns.iter().map(|pattern| Cow::Owned(pattern.folder(name))).collect(),
        }
    }

    /// What the platform says about a tenant in one environment.
    pub fn facts<'o>(&'o self, name: &str, env: Option<&str>) -> impl Iterator<Item = &'o TenantFact> {
        self.tenants.iter().filter(move |fact| {
            let here = fact.envs.is_empty() || env.is_some_and(|env| fact.envs.iter().any(|known| known.value == env));
            fact.name.value == name && here
        })
    }

    /// The namespace that the platform gives a tenant in one environment, if it says one.
    pub fn namespace<'o>(&'o self, name: &str, env: Option<&str>) -> Option<&'o Spanned<SmolStr>> {
        self.facts(name, env).find_map(|fact| fact.namespace.as_ref())
    }

    /// The labels that the platform says the namespace of a tenant carries in one environment.
    pub fn labels<'o>(&'o self, name: &str, env: Option<&str>) -> Option<&'o Spanned<Labels>> {
        self.facts(name, env).find_map(|fact| fact.labels.as_ref())
    }

    /// Who approves what a tenant says: sorted, each once.
    pub fn owners_of(&self, name: &str) -> Vec<&SmolStr> {
        let facts = self.tenants.iter().filter(|fact| fact.name.value == name);
        let mut owners: Vec<&SmolStr> = facts.flat_map(|fact| &fact.owners).collect();
        owners.sort();
        owners.dedup();
        owners
    }
}

/// The file that says what a workspace is.
pub const PLATFORM_FILE: &str = "platform.xks";

impl Pattern {
    /// The name in a path that lies in this pattern: below `tenants/NAME/`, or the file `tenants/NAME.xks`.
    fn name_in<'p>(&self, segments: &[&'p str]) -> Option<&'p str> {
        let depth = self.segments.len();
        let (last, whole) = match segments.len() {
            len if len > depth => (segments[depth - 1], true),
            len if len == depth => (segments[depth - 1].strip_suffix(".xks")?, false),
            _ => return None,
        };
        let mut name = None;
        for (index, wanted) in self.segments.iter().enumerate() {
            let found = if index + 1 == depth && !whole { last } else { segments[index] };
            match wanted.as_str() {
                "*" => name = Some(found),
                wanted if wanted == found => {}
                _ => return None,
            }
        }
        name.filter(|name| !name.is_empty())
    }

    /// The folder of a tenant.
    pub fn folder(&self, name: &str) -> String {
        let segments = self.segments.iter().map(|segment| if segment == "*" { name } else { segment.as_str() });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The folder that tenants are added to: what comes before the name.
    pub fn parent(&self) -> String {
        let before = self.segments.iter().take_while(|segment| *segment != "*");
        before.map(SmolStr::as_str).collect::<Vec<_>>().join("/")
    }

    /// Whether a folder may lie in both patterns, or in a folder of the one and the other.
    pub fn meets(&self, other: &Pattern) -> bool {
        self.segments.iter().zip(&other.segments).all(|(one, other)| one == other || one == "*" || other == "*")
    }
}

/// Whether a path is that of a place: in the folder, or the file of that name.
fn holds(folder: &str, path: &str) -> bool {
    is_below(path, folder) || path.strip_suffix(".xks") == Some(folder)
}

/// Whether a path lies in a folder.
pub fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use xks_base::source::FileId;

    fn at(value: &str) -> Spanned<SmolStr> {
        Spanned::new(SmolStr::new(value), Span::new(FileId(0), 0, 0))
    }

    fn pattern(text: &str) -> Pattern {
        Pattern { segments: text.split('/').map(SmolStr::new).collect(), span: at("").span }
    }

    fn tenant(name: &str, from: Option<&str>) -> TenantFact {
        TenantFact {
            name: at(name),
            from: from.map(at),
            namespace: None,
            labels: None,
            owners: Vec::new(),
            envs: Vec::new(),
        }
    }

    fn place(ownership: &Ownership, path: &str) -> String {
        match ownership.place(path, "generated") {
            Place::Tenant(name) => name.to_string(),
            Place::Platform => "(platform)".to_string(),
            Place::Nobody => "(nobody)".to_string(),
        }
    }

    #[test]
    fn a_path_says_whose_a_file_is() {
        let owned = Ownership {
            patterns: vec![pattern("tenants/*")],
            tenants: vec![tenant("payments", Some("teams/pay")), tenant("moved", Some("tenants/legacy"))],
            ..Ownership::default()
        };
        for (path, whose) in [
            ("tenants/shop/a.xks", "shop"),
            ("tenants/shop/deep/a.xks", "shop"),
            ("tenants/shop.xks", "shop"),
            ("tenants/.xks", "(nobody)"),
            ("Tenants/shop/a.xks", "(nobody)"),
            ("tenants/payments/a.xks", "(nobody)"),
            ("teams/pay/a.xks", "payments"),
            ("teams/pay.xks", "payments"),
            ("teams/payer/a.xks", "(nobody)"),
            ("tenants/legacy/a.xks", "moved"),
            ("tenants/moved/a.xks", "(nobody)"),
            ("platform.xks", "(platform)"),
            ("never.xks", "(platform)"),
            ("generated/shop/a.xks", "(nobody)"),
            (".hidden/a.xks", "(nobody)"),
            ("elsewhere/a.xks", "(nobody)"),
        ] {
            assert_eq!(place(&owned, path), whose, "{path}");
        }
    }

    #[test]
    fn a_pattern_of_the_root_leaves_the_platform_its_folder() {
        let owned = Ownership { patterns: vec![pattern("*")], platform: Some(at("platform")), ..Ownership::default() };
        for (path, whose) in [
            ("shop/a.xks", "shop"),
            ("shop.xks", "shop"),
            ("platform.xks", "(platform)"),
            ("platform/a.xks", "(platform)"),
            ("generated/a.xks", "(nobody)"),
        ] {
            assert_eq!(place(&owned, path), whose, "{path}");
        }
    }

    #[test]
    fn patterns_meet_where_one_path_may_be_of_both() {
        assert!(pattern("tenants/*").meets(&pattern("*/shop")));
        assert!(pattern("a/*").meets(&pattern("a/*/net")));
        assert!(!pattern("a/*").meets(&pattern("b/*")));
    }
}
