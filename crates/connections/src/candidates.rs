//! What a login reaches, and whether it can become an account.

use entity::connection::{self, Provider};
use meta::Page;
use serde::{Deserialize, Serialize};

use crate::authorise::NewGrant;
use crate::connect::ChooseError;

/// Something a login reaches that may become an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The professional account; absent where the Page has none.
    pub instagram_id: Option<String>,
    /// Its handle.
    pub username: Option<String>,
    /// Its display name.
    pub name: Option<String>,
    /// The Page it is reached through.
    pub page_name: Option<String>,
    /// Its followers.
    pub followers_count: Option<i64>,
    /// Whether it can be chosen.
    pub state: CandidateState,
}

/// Whether a candidate can be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateState {
    /// It can.
    Selectable,
    /// This workspace has it already.
    AlreadyConnected,
    /// The Page has no professional account linked.
    NoProfessionalAccount,
    /// The person's role on the Page does not give us a token for it.
    RoleMissing,
}

pub(crate) fn candidates(new: &NewGrant, connected: &[String]) -> Vec<Candidate> {
    let state_of = |id: &str, usable: bool| match (connected.iter().any(|known| known == id), usable) {
        (true, _) => CandidateState::AlreadyConnected,
        (false, true) => CandidateState::Selectable,
        (false, false) => CandidateState::RoleMissing,
    };
    if let Some(user) = &new.instagram {
        return vec![Candidate {
            state: state_of(&user.user_id, true),
            instagram_id: Some(user.user_id.clone()),
            username: user.profile.username.clone(),
            name: user.profile.name.clone(),
            page_name: None,
            followers_count: user.profile.followers_count,
        }];
    }
    new.pages
        .iter()
        .map(|page| {
            let account = page.instagram.as_ref();
            Candidate {
                state: account.map_or(CandidateState::NoProfessionalAccount, |account| {
                    state_of(&account.id, page.access_token.is_some())
                }),
                instagram_id: account.map(|account| account.id.clone()),
                username: account.and_then(|account| account.username.clone()),
                name: account.and_then(|account| account.name.clone()),
                page_name: page.name.clone(),
                followers_count: account.and_then(|account| account.followers_count),
            }
        })
        .collect()
}

/// Meta's ids of all accounts that a login reaches.
pub(crate) fn instagram_ids(new: &NewGrant) -> Vec<&str> {
    match &new.instagram {
        Some(user) => vec![&user.user_id],
        None => new.pages.iter().filter_map(|page| Some(page.instagram.as_ref()?.id.as_str())).collect(),
    }
}

pub(crate) fn unique(chosen: &[String]) -> Vec<&str> {
    let mut unique: Vec<&str> = chosen.iter().map(String::as_str).collect();
    unique.sort_unstable();
    unique.dedup();
    unique
}

pub(crate) fn refuse_unless_offered(chosen: &[&str], offered: &[Candidate]) -> Result<(), ChooseError> {
    let selectable = |id: &str| {
        offered.iter().any(|candidate| {
            candidate.state == CandidateState::Selectable && candidate.instagram_id.as_deref() == Some(id)
        })
    };
    let refused: Vec<_> = chosen.iter().filter(|id| !selectable(id)).map(|id| (*id).to_owned()).collect();
    if refused.is_empty() { Ok(()) } else { Err(ChooseError::NotOffered(refused)) }
}

pub(crate) fn unreachable(grant: &connection::Model, chosen: &[&str], pages: &[Page]) -> Vec<String> {
    if grant.provider == Provider::InstagramLogin {
        return Vec::new();
    }
    let reachable = |id: &str| {
        pages
            .iter()
            .any(|page| page.access_token.is_some() && page.instagram.as_ref().is_some_and(|ig| ig.id == id))
    };
    chosen.iter().filter(|id| !reachable(id)).map(|id| (*id).to_owned()).collect()
}
