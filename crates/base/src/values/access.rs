//! `public` or `private`: which of the platform's ingress controllers.

/// Which of the platform's ingress controllers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Access {
    /// The one that the Internet reaches.
    Public,
    /// The one that only the private network reaches.
    Private,
}

impl Access {
    /// The word in the language.
    pub fn word(self) -> &'static str {
        match self {
            Access::Public => "public",
            Access::Private => "private",
        }
    }
}
