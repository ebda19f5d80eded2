//! How a grant is checked, and how that ended.

use chrono::{DateTime, Utc};

/// The stable word for a check that repaired something.
pub const HEALED: &str = "healed";

/// How a grant is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manner {
    /// Ask Meta however young its last answer is.
    pub force: bool,
    /// Repair what can be repaired. Without it, what Meta says is written down and nothing else done.
    pub heals: bool,
}

/// How a check ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Meta proved that the token works.
    Valid,
    /// It did, and something that was broken has been repaired.
    Healed,
    /// It did so a moment ago and was not asked again.
    Cached,
    /// The token is dead; what follows has been written.
    Dead,
    /// Not certain yet; it will be asked again.
    Unsure,
    /// Meta could not be asked.
    NoAnswer,
    /// Meta wants no calls until then.
    Paused(DateTime<Utc>),
    /// There is no token that opens.
    NoToken,
}

impl Checked {
    /// Whether Meta has just proved that the token works.
    #[must_use]
    pub fn is_valid(self) -> bool {
        matches!(self, Self::Valid | Self::Healed)
    }

    /// A stable word for logs and answers.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Healed => HEALED,
            Self::Cached => "cached",
            Self::Dead => "dead",
            Self::Unsure => "unsure",
            Self::NoAnswer => "no_answer",
            Self::Paused(_) => "paused",
            Self::NoToken => "no_token",
        }
    }
}
