//! The one reader of YAML and JSON: a document as a tree in which every value knows its line, with scalars understood as the API server's
//! reader does: YAML 1.1, in which `on` is a boolean.

use granit_parser::{Event, Parser, ScalarStyle};
use std::borrow::Cow;
use std::fmt;

/// How deep values may lie in each other. The schemas of custom resources, the deepest objects there are, go to about 40.
const DEPTH: usize = 128;

/// How many values anchors and aliases may stand for in one document.
const ALIASED: usize = 100_000;

/// A value and the line it starts on, from 1.
#[derive(Clone, Debug)]
pub struct Node<'a> {
    /// The line.
    pub line: u32,
    /// The value.
    pub value: Value<'a>,
}

/// What a value is. Booleans and numbers are as they are written.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the names say it")]
pub enum Value<'a> {
    Null,
    Bool(Cow<'a, str>),
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    List(Vec<Node<'a>>),
    Map(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// Why a document cannot be read.
#[derive(Debug)]
pub struct Unreadable {
    /// The line, from 1.
    pub line: u32,
    /// The column, from 1, where it is known.
    pub column: Option<u32>,
    /// The reason.
    pub why: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {} column {column}: {}", self.line, self.why),
            None => write!(f, "line {}: {}", self.line, self.why),
        }
    }
}

/// The documents of a text as JSON, those that are empty left out. Booleans, numbers and nulls are what the API server's
/// reader makes of them.
///
/// # Errors
/// Where and why the text is not YAML.
pub fn values(text: &str) -> Result<Vec<serde_json::Value>, Unreadable> {
    match documents(text, 1) {
        (_, Some(unreadable)) => Err(unreadable),
        (nodes, None) => Ok(nodes.into_iter().map(Node::into_json).filter(|value| !value.is_null()).collect()),
    }
}

impl<'a> Node<'a> {
    /// A field of a mapping that is there and not null.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        self.entry(key).filter(|node| !matches!(node.value, Value::Null))
    }

    /// A field of a mapping that is there, perhaps null.
    pub fn entry(&self, key: &str) -> Option<&Node<'a>> {
        match &self.value {
            Value::Map(entries) => entries.iter().find(|(known, _)| known == key).map(|(_, node)| node),
            _ => None,
        }
    }

    /// A field further down.
    pub fn at(&self, path: &[&str]) -> Option<&Node<'a>> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// A string; of anything else nothing.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Node<'a>] {
        match &self.value {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The fields of a mapping; none of anything else.
    pub fn entries(&self) -> &[(Cow<'a, str>, Node<'a>)] {
        match &self.value {
            Value::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The value as people would name it.
    pub fn describe(&self) -> String {
        match &self.value {
            Value::Null => "null".to_string(),
            Value::Bool(text) => format!("the boolean {text}"),
            Value::Number(text) => format!("the number {text}"),
            Value::Text(text) => format!("`{text}`"),
            Value::List(_) => "a list".to_string(),
            Value::Map(_) => "a mapping".to_string(),
        }
    }

    /// The value as JSON.
    fn into_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self.value {
            Value::Null => Json::Null,
            Value::Bool(word) => Json::Bool(is_true(&word)),
            Value::Number(word) => number(&word).map_or_else(|| Json::String(word.into_owned()), Json::Number),
            Value::Text(text) => Json::String(text.into_owned()),
            Value::List(items) => items.into_iter().map(Node::into_json).collect(),
            Value::Map(entries) => {
                entries.into_iter().map(|(key, node)| (key.into_owned(), node.into_json())).collect()
            }
        }
    }

    fn size(&self) -> usize {
        match &self.value {
            Value::List(items) => 1 + items.iter().map(Node::size).sum::<usize>(),
            Value::Map(entries) => 1 + entries.iter().map(|(_, node)| node.size()).sum::<usize>(),
            _ => 1,
        }
    }
}

/// A collection that is being read.
struct Open<'a> {
    node: Node<'a>,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<Cow<'a, str>>,
}

impl Open<'_> {
    /// Whether a key comes next.
    fn wants_key(&self) -> bool {
        matches!(self.node.value, Value::Map(_)) && self.key.is_none()
    }
}

/// Reads the documents of a text. The first line counts as `line`.
pub fn documents(text: &str, line: u32) -> (Vec<Node<'_>>, Option<Unreadable>) {
    read(text, line, false)
}

/// Reads the documents of a text that all readers of YAML read alike; those that are empty are left out.
///
/// # Errors
/// Where and why the text is not YAML, or what another reader could take it for.
pub fn unambiguous(text: &str) -> Result<Vec<Node<'_>>, Unreadable> {
    plain_text(text)?;
    match read(text, 1, true) {
        (_, Some(unreadable)) => Err(unreadable),
        (mut nodes, None) => {
            nodes.retain(|node| !matches!(node.value, Value::Null));
            Ok(nodes)
        }
    }
}

/// Refuses characters that some readers take for the end of a line or of the text, and directives.
fn plain_text(text: &str) -> Result<(), Unreadable> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (at, line) in (1..).zip(text.split('\n')) {
        let unreadable = |why: String| Err(Unreadable { line: at, column: None, why });
        let line = line.strip_suffix('\r').unwrap_or(line);
        let odd = |c: &char| matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') || c.is_control() && *c != '\t';
        if let Some(odd) = line.chars().find(odd) {
            let code = u32::from(odd);
            return unreadable(format!("it has the character U+{code:04X}, which readers of YAML read differently"));
        }
        if line.starts_with('%') {
            return unreadable("it has a directive, `%…`, which readers of YAML read differently".to_string());
        }
    }
    Ok(())
}

fn read(text: &str, line: u32, strict: bool) -> (Vec<Node<'_>>, Option<Unreadable>) {
    let mut tree = Tree { base: line, strict, roots: Vec::new(), open: Vec::new(), anchors: Vec::new(), aliased: 0 };
    let mut tabbed = if strict { tabbed(text) } else { Vec::new() };
    for event in Parser::new_from_str(text.strip_prefix('\u{feff}').unwrap_or(text)) {
        let (event, at) = match event {
            Ok((event, span)) => {
                if let Event::Scalar(..) = &event {
                    // Within a scalar of several lines a tab is a letter like any other.
                    let (first, last) = (span.start.line(), span.end.line());
                    tabbed.retain(|at| !(first + 1..=last).contains(at));
                }
                (event, tree.line(span.start.line()))
            }
            Err(error) => {
                let line = tree.line(error.marker().line());
                let column = Some(error.marker().col() as u32 + 1);
                return (tree.roots, Some(Unreadable { line, column, why: error.info() }));
            }
        };
        if let Err(why) = tree.event(event, at) {
            return (tree.roots, Some(Unreadable { line: at, column: None, why }));
        }
    }
    if let Some(at) = tabbed.first() {
        let why = "it is set in with a tab, which readers of YAML read differently".to_string();
        let line = tree.line(*at);
        return (tree.roots, Some(Unreadable { line, column: None, why }));
    }
    (tree.roots, None)
}

/// The lines, from 1, that have a tab before their first word. JSON may be set in as it likes.
fn tabbed(text: &str) -> Vec<usize> {
    if text.trim_start().starts_with(['{', '[']) {
        return Vec::new();
    }
    let has_tab = |line: &str| line[..line.len() - line.trim_start_matches([' ', '\t', '-']).len()].contains('\t');
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && has_tab(line)).map(|(at, _)| at).collect()
}

struct Tree<'a> {
    base: u32,
    /// Whether what readers read differently is refused.
    strict: bool,
    roots: Vec<Node<'a>>,
    open: Vec<Open<'a>>,
    anchors: Vec<(usize, Node<'a>)>,
    aliased: usize,
}

impl<'a> Tree<'a> {
    fn line(&self, line: usize) -> u32 {
        self.base + (line as u32).saturating_sub(1)
    }

    fn event(&mut self, event: Event<'a>, line: u32) -> Result<(), String> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tagged = tag.as_ref().is_some_and(|tag| tag.is_yaml_core_schema_tag("str"));
                let plain = matches!(style, ScalarStyle::Plain) && !tagged;
                if self.strict {
                    let is_key = self.open.last().is_some_and(Open::wants_key);
                    differs(&text, plain, tag.is_some() && !tagged, is_key)?;
                }
                let value = if plain { plain_value(text) } else { Value::Text(text) };
                self.place(Node { line, value }, anchor)
            }
            Event::SequenceStart(_, _, Some(_)) | Event::MappingStart(_, _, Some(_)) if self.strict => {
                Err(TAGGED.to_string())
            }
            Event::SequenceStart(_, anchor, _) => self.begin(Node { line, value: Value::List(Vec::new()) }, anchor),
            Event::MappingStart(_, anchor, _) => self.begin(Node { line, value: Value::Map(Vec::new()) }, anchor),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(mut closed) => {
                    merge(&mut closed.node, self.strict)?;
                    self.place(closed.node, closed.anchor)
                }
                None => Ok(()),
            },
            Event::Alias(id) => {
                let Some((_, node)) = self.anchors.iter().rev().find(|(known, _)| *known == id) else {
                    return Err("an alias stands within what it stands for".to_string());
                };
                let node = Node { line, value: node.value.clone() };
                self.copied(&node)?;
                self.place(node, 0)
            }
            Event::DocumentStart(..) => {
                self.anchors.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn begin(&mut self, node: Node<'a>, anchor: usize) -> Result<(), String> {
        if self.open.len() >= DEPTH {
            return Err(format!("it is nested more than {DEPTH} deep"));
        }
        self.open.push(Open { node, anchor, key: None });
        Ok(())
    }

    fn copied(&mut self, node: &Node<'a>) -> Result<(), String> {
        self.aliased += node.size();
        if self.aliased > ALIASED {
            return Err(format!("its anchors and aliases stand for more than {ALIASED} values"));
        }
        Ok(())
    }

    fn place(&mut self, node: Node<'a>, anchor: usize) -> Result<(), String> {
        if anchor > 0 {
            self.copied(&node)?;
            self.anchors.push((anchor, node.clone()));
        }
        let Some(parent) = self.open.last_mut() else {
            self.roots.push(node);
            return Ok(());
        };
        match (&mut parent.node.value, parent.key.take()) {
            (Value::Map(entries), Some(key)) => {
                if key != "<<" && entries.iter().any(|(known, _)| *known == key) {
                    return Err(format!("the key `{key}` stands twice"));
                }
                entries.push((key, node));
            }
            (Value::Map(_), None) => {
                parent.key = Some(match node.value {
                    Value::Text(text) | Value::Bool(text) | Value::Number(text) => text,
                    Value::Null => Cow::Borrowed("null"),
                    Value::List(_) | Value::Map(_) => return Err("a key is a list or a mapping".to_string()),
                });
            }
            (Value::List(items), _) => items.push(node),
            _ => {}
        }
        Ok(())
    }
}

const TAGGED: &str = "it has a tag, `!…`, which readers of YAML read differently";

/// Refuses a scalar that readers take for different values.
fn differs(text: &str, plain: bool, tagged: bool, is_key: bool) -> Result<(), String> {
    if tagged {
        return Err(TAGGED.to_string());
    }
    if !plain {
        return Ok(());
    }
    let value = plain_value(Cow::Borrowed(text));
    let differs = match &value {
        Value::Number(word) => {
            let digits = word.trim_start_matches(['+', '-']);
            let decimal = digits.starts_with(|c: char| c.is_ascii_digit()) && !digits.contains('_');
            let of_base = digits.starts_with("0x") || digits.starts_with("0o") || digits.starts_with("0b");
            // Modes of files are written in octal, which all read so.
            let octal = digits.starts_with('0') && digits.len() > 1 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let octal_only = octal && digits.bytes().any(|byte| byte > b'7');
            // Go rounds what 64 bits do not hold otherwise.
            let large = digits.bytes().all(|byte| byte.is_ascii_digit())
                && word.parse::<i64>().is_err()
                && word.parse::<u64>().is_err();
            word.starts_with('+') || !decimal || of_base || octal_only || large || number(word).is_none()
        }
        _ => false,
    };
    if differs {
        return Err(format!(
            "`{text}` is a number that readers of YAML read differently; write it in digits or in quotes"
        ));
    }
    // Go turns keys into strings: `on` into `true`.
    let unclear = match value {
        Value::Number(word) => integer(&word).is_none_or(|number| number.to_string() != *word),
        Value::Bool(word) => !matches!(word.as_ref(), "true" | "false"),
        Value::Null => true,
        _ => false,
    };
    if is_key && unclear {
        return Err(format!("the key `{text}` is no string; write it in quotes"));
    }
    Ok(())
}

/// Takes in what `<<` names: the fields that the mapping does not have itself. Where two say something else, readers differ.
fn merge(node: &mut Node<'_>, strict: bool) -> Result<(), String> {
    let Value::Map(entries) = &mut node.value else { return Ok(()) };
    let Some(at) = entries.iter().position(|(key, _)| key == "<<") else { return Ok(()) };
    let (_, merged) = entries.remove(at);
    let maps = match merged.value {
        Value::List(maps) => maps,
        _ => vec![merged],
    };
    for map in maps {
        let Value::Map(further) = map.value else { return Err("`<<` names what is no mapping".to_string()) };
        for (key, value) in further {
            if !entries.iter().any(|(known, _)| *known == key) {
                entries.push((key, value));
            } else if strict {
                return Err(format!("`<<` brings the key `{key}`, which is there already, and readers of YAML differ"));
            }
        }
    }
    Ok(())
}

/// What a scalar without quotes is.
fn plain_value(text: Cow<'_, str>) -> Value<'_> {
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        word if is_boolean(word) => Value::Bool(text),
        word if is_number(word) => Value::Number(text),
        _ => Value::Text(text),
    }
}

fn is_boolean(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let known = ["y", "n", "yes", "no", "on", "off", "true", "false"].contains(&lower.as_str());
    // `yes`, `Yes` and `YES` are; `yEs` is not.
    let rest = word.get(1..).unwrap_or_default();
    known && (*word == lower || rest == rest.to_ascii_lowercase() || *word == word.to_ascii_uppercase())
}

/// Which of the two a boolean is.
pub fn is_true(word: &str) -> bool {
    matches!(word.as_bytes().first(), Some(b'y' | b'Y' | b't' | b'T')) || word.eq_ignore_ascii_case("on")
}

/// The number that a scalar without quotes is; JSON has none for `.inf` and `.nan`.
pub fn number(word: &str) -> Option<serde_json::Number> {
    let float = || serde_json::Number::from_f64(word.replace('_', "").parse().ok()?);
    let large = || word.parse::<u64>().ok().map(Into::into);
    integer(word).map(Into::into).or_else(large).or_else(float)
}

fn is_number(word: &str) -> bool {
    integer(word).is_some() || {
        let digits = word.strip_prefix(['+', '-']).unwrap_or(word);
        let lower = digits.to_ascii_lowercase();
        matches!(lower.as_str(), ".inf" | ".nan")
            || digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
                && digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
                && digits.replace('_', "").parse::<f64>().is_ok_and(f64::is_finite)
    }
}

/// The integer that a scalar without quotes is, if it is one: `8080`, `1_000`, `0x1f`, `0o17`, `017`, `1e3`.
pub fn integer(word: &str) -> Option<i64> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let digits = digits.replace('_', "");
    let radix = |prefix: &str, radix| {
        let rest = digits.strip_prefix(prefix)?;
        (!rest.is_empty()).then(|| i64::from_str_radix(rest, radix).ok())?
    };
    let number = radix("0x", 16)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
        .or_else(|| radix("0", 8))
        .or_else(|| digits.parse().ok());
    let whole = || {
        let number = digits.parse::<f64>().ok()?;
        (number.fract() == 0.0 && number < 1e15).then_some(number as i64)
    };
    Some(sign * number.or_else(whole)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Node<'_> {
        let (mut documents, unreadable) = documents(text, 1);
        assert!(unreadable.is_none(), "{unreadable:?}");
        documents.pop().unwrap()
    }

    #[test]
    fn scalars_are_what_the_api_server_takes_them_for() {
        for boolean in ["on", "off", "yes", "no", "y", "n", "Y", "NO", "True"] {
            assert!(matches!(one(boolean).value, Value::Bool(_)), "{boolean}");
        }
        for number in ["0o14", "012", "08", "0b101", "1e3", ".5", "1.", "+1", "1_0.5", "12e03", ".NaN"] {
            assert!(matches!(one(number).value, Value::Number(_)), "{number}");
        }
        for text in ["1:30", "2024-01-01", "=", "1e400", "a", "yEs", "10.0.0.0/8", "1.2.3.4", "\"on\"", "!!str 10"] {
            assert!(matches!(one(text).value, Value::Text(_)), "{text}: {:?}", one(text).value);
        }
        for null in ["~", "null", "Null", ""] {
            assert!(matches!(one(&format!("a: {null}")).entry("a").unwrap().value, Value::Null), "{null}");
        }
        assert_eq!(integer("8080"), Some(8080));
        assert_eq!(
            [integer("1e3"), integer("017"), integer("0x1F"), integer("-5")],
            [Some(1000), Some(15), Some(31), Some(-5)]
        );
        assert_eq!([integer("1.5"), integer("x"), integer("")], [None, None, None]);
    }

    #[test]
    fn values_know_their_lines() {
        let node = one("a: 1\nb:\n- c: x\n- d\n");
        assert_eq!(node.get("b").unwrap().items()[0].get("c").unwrap().line, 3);
        assert_eq!(node.get("b").unwrap().items()[1].line, 4);
    }

    #[test]
    fn json_may_be_set_in_with_tabs() {
        let node = one("{\n\t\"a\": [\n\t\t1,\n\t\t\"on\"\n\t]\n}\n");
        assert_eq!(node.get("a").unwrap().items()[1].as_str(), Some("on"));
    }

    #[test]
    fn aliases_stand_for_what_they_name_within_bounds() {
        let node = one("a: &x {b: c}\nd: *x\ne:\n  <<: *x\n  f: g\n");
        assert_eq!(node.at(&["d", "b"]).unwrap().as_str(), Some("c"));
        assert_eq!(node.at(&["e", "b"]).unwrap().as_str(), Some("c"));
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_string();
        for at in 1..12 {
            let before = vec![format!("*a{}", at - 1); 10].join(", ");
            bomb.push_str(&format!("a{at}: &a{at} [{before}]\n"));
        }
        assert!(documents(&bomb, 1).1.unwrap().why.contains("anchors"));
    }

    #[test]
    fn what_readers_read_differently_is_refused_where_one_asks_for_it() {
        for text in [
            "a: b # \u{2028}",
            "%YAML 1.2\n---\na: b",
            "a: \u{85}b",
            "a: !!int \"3\"",
            "a: !x {}",
            "on: a",
            "0x1f: a",
            "~: a",
            "a: 0x1f",
            "a: 1_000",
            "a: 089",
            "a: 123456789012345678901",
            "-\ta",
            "a:\n\tb: c",
            "a: .5",
            "a: +1",
            "a: .nan",
            "a: 1\nb: &x {c: 1}\nd: {<<: *x, c: 2}",
        ] {
            assert!(unambiguous(text).is_err(), "{text}");
        }
        for text in
            ["a: 0644", "a: -1", "a: 1.5", "80: a", "true: a", "a: !!str 1", "b: &x {c: 1}\nd: {<<: *x}", "a: on"]
        {
            assert!(unambiguous(text).is_ok(), "{text}: {:?}", unambiguous(text));
        }
        assert!(unambiguous("---\n# nothing\n---\n").unwrap().is_empty());
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let (read, unreadable) = documents("a: b\n---\nc: d\nc: e\n", 10);
        assert_eq!(read.len(), 1);
        let unreadable = unreadable.unwrap();
        assert_eq!((unreadable.line, unreadable.why.as_str()), (13, "the key `c` stands twice"));
        assert!(documents(&"[".repeat(5000), 1).1.is_some());
    }
}
