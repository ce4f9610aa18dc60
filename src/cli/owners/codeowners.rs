//! CODEOWNERS as GitHub and GitLab read it: the last line that fits a path names its owners; in GitLab, of each section.

use globset::{GlobBuilder, GlobMatcher};
use std::path::{Path, PathBuf};

/// What GitHub does not read any more.
pub(super) const MOST_BYTES: u64 = 3 << 20;

/// Who hosts the repository.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Host {
    GitHub,
    GitLab,
}

impl Host {
    /// The host, by what lies in the repository.
    pub(super) fn of(repository: &Path) -> Host {
        let gitlab = [".gitlab-ci.yml", ".gitlab"].iter().any(|name| repository.join(name).exists());
        if gitlab && !repository.join(".github").exists() { Host::GitLab } else { Host::GitHub }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Host::GitHub => "GitHub",
            Host::GitLab => "GitLab",
        }
    }

    /// The file that the host reads: the first of these that is there.
    pub(super) fn file(self, repository: &Path) -> Option<PathBuf> {
        let places = match self {
            Host::GitHub => [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"],
            Host::GitLab => ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"],
        };
        places.iter().map(|place| repository.join(place)).find(|path| path.exists())
    }
}

/// What a file says.
pub(super) struct Rules {
    sections: Vec<Section>,
    /// Lines that the host does not take, by number.
    pub(super) faults: Vec<(usize, String)>,
}

/// Lines that are read together; GitHub has one section.
struct Section {
    name: String,
    is_optional: bool,
    lines: Vec<Line>,
}

struct Line {
    number: usize,
    pattern: String,
    matchers: Vec<GlobMatcher>,
    owners: Vec<String>,
}

/// Why a path is not left to its owners.
pub(super) struct Fault {
    pub(super) line: Option<usize>,
    pub(super) words: String,
}

impl Rules {
    pub(super) fn read(text: &str, host: Host) -> Rules {
        let first = Section { name: String::new(), is_optional: false, lines: Vec::new() };
        let mut rules = Rules { sections: vec![first], faults: Vec::new() };
        let mut default_owners: Vec<String> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some((name, is_optional, owners)) = section(line) {
                if host == Host::GitHub {
                    rules.faults.push((number, "GitHub has no sections".to_string()));
                    continue;
                }
                default_owners = owners;
                // Two headings of one name are one section.
                let known = rules.sections.iter().position(|section| section.name == name);
                let section = match known {
                    Some(at) => rules.sections.remove(at),
                    None => Section { name, is_optional, lines: Vec::new() },
                };
                rules.sections.push(Section { is_optional: section.is_optional && is_optional, ..section });
                continue;
            }
            let words = words(line);
            let Some((pattern, owners)) = words.split_first() else { continue };
            if pattern.starts_with('!') && host == Host::GitHub {
                rules.faults.push((number, "GitHub takes no `!`".to_string()));
                continue;
            }
            let owners = if owners.is_empty() { default_owners.clone() } else { owners.to_vec() };
            let matchers = matchers(pattern);
            if matchers.is_empty() {
                rules.faults.push((number, format!("the pattern `{pattern}` cannot be read")));
                continue;
            }
            if let Some(section) = rules.sections.last_mut() {
                section.lines.push(Line { number, pattern: pattern.clone(), matchers, owners });
            }
        }
        rules
    }

    /// Why `path` is not left to `owners` alone; `None` if it is.
    pub(super) fn fault(&self, path: &str, owners: &[String]) -> Option<Fault> {
        let mut fault = Fault { line: None, words: "no line names its owners".to_string() };
        for section in &self.sections {
            let Some(line) = section.lines.iter().rev().find(|line| line.fits(path)) else { continue };
            let strangers: Vec<&str> =
                line.owners.iter().filter(|owner| !owners.contains(owner)).map(String::as_str).collect();
            let words = match (line.owners.is_empty(), strangers.as_slice(), section.is_optional) {
                (true, ..) => format!("`{}` leaves it to nobody", line.pattern),
                (false, [], false) => return None,
                (false, [], true) => format!("section `{}` is optional", section.name),
                (false, strangers, _) => format!("`{}` lets {} approve it", line.pattern, strangers.join(", ")),
            };
            fault = Fault { line: Some(line.number), words };
        }
        Some(fault)
    }

    /// A path that each line fits, as a part of a longer one too.
    pub(super) fn samples(&self) -> Vec<String> {
        let lines = self.sections.iter().flat_map(|section| &section.lines);
        let sample = |line: &Line| {
            let plain = line.pattern.replace("**", "x/y").replace(['*', '?'], "x").replace("\\ ", " ");
            let plain = plain.trim_start_matches('/');
            if plain.ends_with('/') { format!("{plain}net.xks") } else { plain.to_string() }
        };
        let mut samples: Vec<String> = lines.map(sample).filter(|sample| !sample.is_empty()).collect();
        samples.sort();
        samples.dedup();
        samples
    }
}

impl Line {
    fn fits(&self, path: &str) -> bool {
        self.matchers.iter().any(|matcher| matcher.is_match(path))
    }
}

/// `[Name]`, `^[Name]`, `[Name][2] @owner`.
fn section(line: &str) -> Option<(String, bool, Vec<String>)> {
    let (is_optional, rest) = match line.strip_prefix('^') {
        Some(rest) => (true, rest),
        None => (false, line),
    };
    let (name, rest) = rest.strip_prefix('[')?.split_once(']')?;
    let rest = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        // Zero approvals are none.
        Some((count, rest)) => return Some((name.to_lowercase(), is_optional || count.trim() == "0", words(rest))),
        None => rest,
    };
    Some((name.to_lowercase(), is_optional, words(rest)))
}

/// The words of a line up to a comment; a blank behind `\` belongs to its word.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if letters.peek().is_some() => {
                let next = letters.next().unwrap_or_default();
                let word = words.last_mut();
                word.into_iter().for_each(|word| if next == ' ' { word.push(' ') } else { word.extend(['\\', next]) });
            }
            letter if letter.is_whitespace() => words.push(String::new()),
            '#' if words.last().is_some_and(String::is_empty) => break,
            letter => words.last_mut().into_iter().for_each(|word| word.push(letter)),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A pattern fits files and, unless it ends in `/*`, what lies below a folder. Without a `/` before its end it fits at any
/// depth.
fn matchers(pattern: &str) -> Vec<GlobMatcher> {
    let is_anchored = pattern.trim_end_matches('/').contains('/');
    let plain: String = pattern
        .trim_start_matches('/')
        .chars()
        .flat_map(|letter| match letter {
            '[' | ']' | '{' | '}' => vec!['\\', letter],
            letter => vec![letter],
        })
        .collect();
    let rooted = if is_anchored { plain } else { format!("**/{plain}") };
    let forms = match rooted.strip_suffix('/') {
        Some(folder) => vec![format!("{folder}/**")],
        None if rooted.ends_with("/*") && is_anchored => vec![rooted],
        None => vec![format!("{rooted}/**"), rooted],
    };
    let build = |form: &String| GlobBuilder::new(form).literal_separator(true).backslash_escape(true).build().ok();
    forms.iter().filter_map(build).map(|glob| glob.compile_matcher()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owners(text: &str, host: Host, path: &str) -> String {
        let rules = Rules::read(text, host);
        match rules.fault(path, &["@own".to_string()]) {
            None => "own".to_string(),
            Some(fault) => fault.words,
        }
    }

    #[test]
    fn the_last_line_that_fits_decides() {
        let text = "* @other\n/tenants/shop/ @own\n";
        assert_eq!(owners(text, Host::GitHub, "tenants/shop/a/b.xks"), "own");
        assert_eq!(owners(text, Host::GitHub, "tenants/pay/b.xks"), "`*` lets @other approve it");
        let later = format!("{text}*.xks @other # all of them\n");
        assert_eq!(owners(&later, Host::GitHub, "tenants/shop/a/b.xks"), "`*.xks` lets @other approve it");
        assert_eq!(owners("/tenants/* @own\n", Host::GitHub, "tenants/shop/b.xks"), "no line names its owners");
        assert_eq!(owners("/tenants/shop @own\n", Host::GitHub, "tenants/shop/b.xks"), "own");
        assert_eq!(
            owners("/tenants/ @own\n/tenants/shop/\n", Host::GitHub, "tenants/shop/b.xks"),
            "`/tenants/shop/` leaves it to nobody"
        );
        assert_eq!(owners("/a\\ b/ @own\n", Host::GitHub, "a b/c.xks"), "own");
    }

    #[test]
    fn each_section_of_gitlab_counts() {
        let text = "^[Net]\n/tenants/ @own\n";
        assert_eq!(owners(text, Host::GitLab, "tenants/a.xks"), "section `net` is optional");
        assert_eq!(owners("[Net][1] @own\n/tenants/\n", Host::GitLab, "tenants/a.xks"), "own");
        assert_eq!(owners("[Net]\n/tenants/ @own\n[Docs]\n*.md @other\n", Host::GitLab, "tenants/a.xks"), "own");
        assert_eq!(Rules::read("[Net]\n", Host::GitHub).faults.len(), 1);
    }
}
