//! Reconnect links for many accounts at once: one mail per recipient and login, however many accounts
//! they share.

use std::collections::{BTreeMap, HashMap};

use entity::account;
use entity::membership::Role;
use entity::reconnect_link;
use entity::{AccountId, ConnectionId, InWorkspace};
use identity::{EmailAddress, Member};
use sea_orm::prelude::*;

use crate::Connections;
use crate::health::RED;
use crate::links::{LinkError, MOST_MAILS};

/// The most accounts of one sending.
pub const MOST_AT_ONCE: usize = 100;

/// What became of one account of a sending.
pub type Sent = (AccountId, Result<reconnect_link::Model, NotSent>);

/// Why no link was mailed for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSent {
    /// There is no such account, or it is somebody else's.
    NotFound,
    /// It is disconnected: with nobody to compare with, only a member can connect it again.
    Disconnected,
    /// It has no contact address.
    NoAddress,
    /// Its contact address was sent as many links as a day allows.
    TooManyMails,
}

impl Connections {
    /// Mails links for `ids` to the contact addresses of the accounts. Those with the same address and
    /// the same login get one mail with one link, which repairs all of them. Says for each account, in
    /// the order of `ids`, with which link that was or why there was none.
    ///
    /// # Errors
    /// When the role does not allow it, or the database fails; nothing is mailed then.
    pub async fn send_links(&self, member: &Member, ids: &[AccountId]) -> Result<Vec<Sent>, LinkError> {
        member.require(Role::Member).map_err(|_| LinkError::Forbidden)?;
        let workspace = member.workspace_id();
        let transaction = self.database.begin().await?;
        let accounts = account::Entity::in_workspace(workspace)
            .filter(account::Column::Id.is_in(ids.iter().copied()))
            .all(&*transaction)
            .await?;
        let mut results: HashMap<AccountId, Result<reconnect_link::Model, NotSent>> = HashMap::new();
        let mut groups: BTreeMap<(String, ConnectionId), Vec<account::Model>> = BTreeMap::new();
        for account in accounts {
            match recipient_of(&account) {
                Ok(group) => groups.entry(group).or_default().push(account),
                Err(reason) => {
                    results.insert(account.id, Err(reason));
                }
            }
        }
        for ((recipient, _), mut group) in groups {
            // The link hangs on the first one, which is the one to be repaired.
            group.sort_by_key(|account| (!RED.contains(&account.health), account.id));
            let Some((first, others)) = group.split_first() else { continue };
            let result = if self.mailed_lately(&*transaction, workspace, &recipient).await? >= MOST_MAILS {
                Err(NotSent::TooManyMails)
            } else {
                Ok(self.new_link(&*transaction, member, first, others, Some(&recipient)).await?)
            };
            results.extend(group.iter().map(|account| (account.id, result.clone())));
        }
        transaction.commit().await?;
        let result_of = |id: &AccountId| results.get(id).cloned().unwrap_or(Err(NotSent::NotFound));
        Ok(ids.iter().map(|id| (*id, result_of(id))).collect())
    }
}

/// Who gets the mail about an account, and which login it is read through.
fn recipient_of(account: &account::Model) -> Result<(String, ConnectionId), NotSent> {
    let login = account.connection_id.ok_or(NotSent::Disconnected)?;
    let address = account.contact_email.as_deref().ok_or(NotSent::NoAddress)?;
    let address: EmailAddress = address.parse().map_err(|_| NotSent::NoAddress)?;
    Ok((address.into(), login))
}
