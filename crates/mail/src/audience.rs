//! Whom mails about a workspace go to.

/// Confirmed addresses, each list in alphabetical order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Audience {
    /// Its owners and admins: who is asked to act where no owner of an account is known.
    pub managers: Vec<String>,
    /// Those of its members who want to hear of everything.
    pub team: Vec<String>,
}
