//! The fields of each kind and their types: `schemas.txt`, which is made of the OpenAPI documents that an API server serves.

use regex::Regex;
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

/// What a value may be. Types are named by their index.
#[derive(Debug)]
pub enum Type {
    /// A string.
    Text(Held),
    /// A whole number of 32 or 64 bits.
    Int {
        /// The least.
        min: i64,
        /// The greatest.
        max: i64,
    },
    /// A number.
    Number,
    /// `true` or `false`.
    Bool,
    /// A number or a string: a port, a share.
    IntOrString,
    /// An amount of a resource.
    Quantity,
    /// A time of RFC 3339.
    Time,
    /// Bytes in base64.
    Bytes,
    /// Anything.
    Any,
    /// A list, and the fields by which its items are told apart.
    List(usize, Vec<&'static str>),
    /// A mapping of any keys.
    Map(usize),
    /// A mapping of these fields, sorted by name.
    Object(Origin, Vec<Field>),
}

/// Where the type of a mapping comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// From Kubernetes itself.
    Kubernetes,
    /// From a CustomResourceDefinition.
    Custom,
    /// From one that takes further fields besides.
    Open,
}

/// What a string is held to.
#[derive(Debug, Default)]
pub struct Held {
    /// The values that it may have; any, if there are none.
    pub values: Vec<String>,
    /// The least number of characters.
    pub min: usize,
    /// The greatest number of characters, if there is one.
    pub max: Option<usize>,
    /// The pattern that it matches.
    pub pattern: Option<Regex>,
}

/// A field of a mapping.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be there.
    pub required: bool,
    /// Its type.
    pub kind: usize,
}

struct Table {
    types: Vec<Type>,
    kinds: FxHashMap<(&'static str, &'static str), usize>,
    metadata: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| Reader::default().read(include_str!("schemas.txt")));

/// The type of a kind; none for one that the table lacks.
pub fn kind(api_version: &str, kind: &str) -> Option<&'static Type> {
    TABLE.kinds.get(&(api_version, kind)).map(|at| get(*at))
}

/// Another version of the same group that has the kind.
pub fn other_version(api_version: &str, kind: &str) -> Option<&'static str> {
    let group = |version: &str| version.rsplit_once('/').map_or(String::new(), |(group, _)| group.to_string());
    let known = TABLE.kinds.keys().filter(|(version, name)| *name == kind && group(version) == group(api_version));
    known.map(|(version, _)| *version).max()
}

/// The type of `metadata`.
pub fn metadata() -> &'static Type {
    get(TABLE.metadata)
}

/// The type with an index.
pub fn get(at: usize) -> &'static Type {
    &TABLE.types[at]
}

/// The kinds of the table, by version and name, sorted.
pub fn kinds() -> Vec<(&'static str, &'static str)> {
    let mut kinds: Vec<_> = TABLE.kinds.keys().copied().collect();
    kinds.sort_unstable();
    kinds
}

#[derive(Default)]
struct Reader {
    types: Vec<Type>,
    named: FxHashMap<&'static str, usize>,
}

impl Reader {
    /// Reads the table. Of a line that is not of the form, nothing is read; a test holds all lines to be.
    fn read(mut self, text: &'static str) -> Table {
        let mut kinds = FxHashMap::default();
        let mut open = None;
        for line in text.lines() {
            if let (Some(field), Some(at)) = (line.strip_prefix(' '), open) {
                let (name, word) = field.split_once(' ').unwrap_or_default();
                let required = name.ends_with('!');
                let field = Field { name: name.trim_end_matches('!'), required, kind: self.word(word) };
                if let Type::Object(_, fields) = &mut self.types[at] {
                    fields.push(field);
                }
                continue;
            }
            let (word, rest) = line.split_once(' ').unwrap_or_default();
            let (name, further) = rest.split_once(' ').unwrap_or((rest, ""));
            match word {
                "kind" => {
                    let (kind, of) = further.split_once(' ').unwrap_or_default();
                    kinds.insert((name, kind), self.id(of));
                }
                "scalar" => {
                    let (at, read) = (self.id(name), scalar(further));
                    self.types[at] = read;
                }
                _ => {
                    let at = self.id(name);
                    let origin = match word {
                        "custom" => Origin::Custom,
                        "open" => Origin::Open,
                        _ => Origin::Kubernetes,
                    };
                    self.types[at] = Type::Object(origin, Vec::new());
                    open = Some(at);
                }
            }
        }
        for read in &mut self.types {
            if let Type::Object(_, fields) = read {
                fields.sort_by_key(|field| field.name);
            }
        }
        let metadata = self.id("ObjectMeta");
        Table { types: self.types, kinds, metadata }
    }

    fn id(&mut self, name: &'static str) -> usize {
        *self.named.entry(name).or_insert_with(|| {
            self.types.push(Type::Any);
            self.types.len() - 1
        })
    }

    fn word(&mut self, word: &'static str) -> usize {
        if let Some((items, keys)) = word.strip_prefix('[').and_then(|rest| rest.rsplit_once(']')) {
            let items = self.word(items);
            let keys = keys.strip_prefix('/').map_or_else(Vec::new, |keys| keys.split(',').collect());
            return self.push(Type::List(items, keys));
        }
        if let Some(values) = word.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            let values = self.word(values);
            return self.push(Type::Map(values));
        }
        if word.starts_with(|c: char| c.is_ascii_uppercase()) || word.contains('.') && !word.contains(':') {
            return self.id(word);
        }
        if let Some(at) = self.named.get(word) {
            return *at;
        }
        let at = self.push(scalar(word));
        self.named.insert(word, at);
        at
    }

    fn push(&mut self, read: Type) -> usize {
        self.types.push(read);
        self.types.len() - 1
    }
}

/// A scalar: `string`, `string:A|B`, `int32 minimum 1 maximum 65535`, `string maxLength 64 pattern ^a$`.
fn scalar(text: &'static str) -> Type {
    let (word, mut rest) = text.split_once(' ').unwrap_or((text, ""));
    let mut held = Held::default();
    let (mut min, mut max) = match word {
        "int64" => (i64::MIN, i64::MAX),
        _ => (i64::from(i32::MIN), i64::from(i32::MAX)),
    };
    while let Some((key, further)) = rest.split_once(' ') {
        let (value, after) =
            if key == "pattern" { (further, "") } else { further.split_once(' ').unwrap_or((further, "")) };
        match key {
            "minimum" => min = value.parse().unwrap_or(min),
            "maximum" => max = value.parse().unwrap_or(max),
            "minLength" => held.min = value.parse().unwrap_or(0),
            "maxLength" => held.max = value.parse().ok(),
            _ => held.pattern = Regex::new(value).ok(),
        }
        rest = after;
    }
    match word.split_once(':') {
        Some((_, values)) => held.values = values.split('|').map(|value| value.replace('_', " ")).collect(),
        None => match word {
            "int32" | "int64" => return Type::Int { min, max },
            "number" => return Type::Number,
            "bool" => return Type::Bool,
            "port" => return Type::IntOrString,
            "quantity" => return Type::Quantity,
            "time" => return Type::Time,
            "bytes" => return Type::Bytes,
            "any" => return Type::Any,
            _ => {}
        },
    }
    Type::Text(held)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let lines = include_str!("schemas.txt").lines().count();
        let fields = TABLE.types.iter().map(|read| match read {
            Type::Object(_, fields) => {
                assert!(fields.is_sorted_by(|a, b| a.name < b.name), "{fields:?}");
                1 + fields.len()
            }
            Type::Text(Held { pattern: None, max: None, min: 0, .. }) => 0,
            Type::Text(_) => 1,
            Type::Int { min, max } => usize::from(!matches!((*min, *max), (i64::MIN, _) | (-2_147_483_648, _))),
            _ => 0,
        });
        assert_eq!(fields.sum::<usize>() + TABLE.kinds.len(), lines);
        // What stands for anything is said to do so.
        let unknown = TABLE.types.iter().filter(|read| matches!(read, Type::Any)).count();
        assert_eq!(unknown, 1, "a type is named and not described");
    }

    #[test]
    fn kinds_are_found_by_their_version() {
        assert!(kind("networking.k8s.io/v1", "NetworkPolicy").is_some());
        assert!(kind("networking.k8s.io/v1beta1", "NetworkPolicy").is_none());
        assert!(kinds().len() > 20);
    }
}
