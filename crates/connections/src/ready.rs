//! What calls about many accounts need, read with a few statements for all of them.

use std::collections::HashMap;

use entity::account;
use entity::connection;
use entity::{AccountId, InWorkspace};
use sea_orm::prelude::*;

use crate::Connections;
use crate::governor::Limits;
use crate::tokens::{OpenToken, TokenOf};

/// What one call about an account needs: the call has been counted, and the token is open. It must not
/// outlive the call.
#[derive(Debug)]
pub struct Ready {
    pub(crate) grant: connection::Model,
    pub(crate) token: OpenToken,
}

impl Connections {
    /// Reads what one ordinary call about each of `accounts` needs, and counts it against its budget.
    /// Accounts of which anything is out of the ordinary are left out: a call about them finds out what it
    /// is by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn ready(&self, accounts: &[&account::Model]) -> Result<HashMap<AccountId, Ready>, DbErr> {
        let grants: HashMap<_, _> = connection::Entity::across_workspaces()
            .filter(connection::Column::Id.is_in(accounts.iter().filter_map(|account| account.connection_id)))
            .all(&*self.database)
            .await?
            .into_iter()
            .map(|grant| (grant.id, grant))
            .collect();
        let mut asking = Vec::new();
        for account in accounts {
            let grant = account.connection_id.and_then(|id| grants.get(&id));
            if let Some(grant) = grant.filter(|grant| grant.workspace_id == account.workspace_id) {
                asking.push((*account, grant, TokenOf::account(account, grant)));
            }
        }
        let wanted: Vec<_> = asking.iter().map(|(.., of)| *of).collect();
        let mut tokens = self.open_tokens(&*self.database, &wanted).await?;
        asking.retain(|(.., of)| tokens.contains_key(of));
        let limits: Vec<_> =
            asking.iter().map(|(account, grant, _)| Limits::of_account(grant, account)).collect();
        let allowed = self.governor.permit_each(&self.database, self.world.now(), &limits).await?;
        let mut ready = HashMap::new();
        for (account, grant, of) in asking.into_iter().filter(|(account, ..)| allowed.contains(&account.id)) {
            if let Some(token) = tokens.remove(&of) {
                ready.insert(account.id, Ready { grant: grant.clone(), token });
            }
        }
        Ok(ready)
    }
}
