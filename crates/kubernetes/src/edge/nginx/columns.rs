//! The columns of the table of annotations beside name and value: what each can say. What they come to is in the rooms of
//! the same names.

use serde::Deserialize;
use smol_str::SmolStr;

/// What an annotation needs: one of several.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Need {
    /// One of these has to hold.
    pub any: Vec<Condition>,
    /// The values that have the need; all of them without one.
    #[serde(default)]
    pub when: Vec<SmolStr>,
    /// The values that do not have it.
    #[serde(default)]
    pub unless: Vec<SmolStr>,
    /// What happens otherwise, if it is not that the controller passes over the annotation.
    pub otherwise: Option<SmolStr>,
}

/// Something that is said of another annotation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// It is there.
    Set(SmolStr),
    /// It is a switch, and on.
    True(SmolStr),
    /// It is a number above zero.
    Positive(SmolStr),
    /// It is one of these words.
    Word(SmolStr, Vec<SmolStr>),
}

impl Condition {
    /// The annotation that it speaks of.
    pub fn name(&self) -> &SmolStr {
        match self {
            Condition::Set(name) | Condition::True(name) | Condition::Positive(name) | Condition::Word(name, _) => name,
        }
    }
}

/// What the value of an annotation names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reaches {
    /// A Secret, as `name` or `namespace/name`.
    Secret,
    /// A ConfigMap, as `name` or `namespace/name`.
    ConfigMap,
    /// A Service of the same namespace.
    Service,
    /// Further hosts.
    Hosts,
    /// A switch: the host with `www.`, or without it.
    Www,
    /// A URL that the controller asks.
    Url,
    /// A switch: another Ingress of the same host and path.
    Main,
}

/// What must hold for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// A number of bytes that nginx can count.
    Size,
    /// The sizes of the buffers agree with one another.
    Buffers,
    /// OpenSSL selects a cipher by it.
    Ciphers,
    /// Every variable exists.
    Variables,
    /// It is a regular expression.
    Pattern,
    /// It is a regular expression if it starts with `~`.
    TildePattern,
    /// It is one word of a configuration file, without quotes around it.
    Word,
    /// It is a list of names for a server.
    Names,
    /// Its codes and times are ones of a cache.
    CacheTimes,
    /// It is a list of codes that have an error page.
    ErrorCodes,
    /// It is no number above this one.
    AtMost(u32),
    /// The port of its URL is one.
    Port,
    /// The name of its URL is known when nginx starts.
    Resolves,
    /// If it is above zero, the name of `auth-url` is known when nginx starts.
    AuthResolves,
}

/// What a change of a value means for whom it protects.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guards {
    /// Nothing is protected by it.
    Neither,
    /// The only addresses that may come; everybody without it.
    Allowed,
    /// The addresses that may not come.
    Denied,
    /// The addresses that a protection does not hold for.
    Exempt,
    /// That it is there protects, or weakens; which of two values is stronger cannot be told.
    Value(Presence),
    /// A switch.
    #[serde(rename_all = "kebab-case")]
    Switch {
        /// What it does when it is on.
        r#true: Direction,
        /// What it is without the annotation.
        absent: bool,
    },
    /// Words in an order.
    #[serde(rename_all = "kebab-case")]
    Order {
        /// Words of the same strength, the strongest first.
        strongest_first: Vec<Vec<SmolStr>>,
        /// The word that holds without the annotation.
        absent: SmolStr,
    },
    /// A number or size: the smaller, the stronger.
    #[serde(rename_all = "kebab-case")]
    Least {
        /// What holds without the annotation.
        absent: SmolStr,
        /// Whether zero is no limit at all.
        zero_is_none: bool,
    },
    /// A list: the fewer items, the stronger. `*` is all.
    Fewer {
        /// The list that holds without the annotation.
        absent: SmolStr,
    },
}

/// What it means that an annotation is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Presence {
    /// It protects.
    Protects,
    /// It weakens.
    Weakens,
    /// It may do either.
    Unknown,
}

/// One of two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// More is protected.
    Protects,
    /// Less is.
    Weakens,
}
