//! Which accounts a command is about.

use clap::Args;
use entity::{AccountId, InWorkspace, WorkspaceId, account, connection};
use executor::Services;
use sea_orm::DbErr;
use sea_orm::prelude::*;

/// Which accounts, and how to answer.
#[derive(Args)]
pub(crate) struct Only {
    /// Only accounts of this workspace
    #[arg(long, value_parser = id_of("workspace"))]
    workspace: Option<Uuid>,
    /// Only this account
    #[arg(long, value_parser = id_of("account"))]
    account: Option<Uuid>,
    /// One JSON object a line
    #[arg(long)]
    pub(super) json: bool,
}

impl Only {
    /// The workspace that is meant, if one is.
    pub(super) fn workspace(&self) -> Option<WorkspaceId> {
        self.workspace.map(WorkspaceId)
    }
}

/// The connected accounts that are meant.
///
/// # Errors
/// When one is named that is not connected, or when the database fails.
pub(super) async fn accounts(services: &Services, only: &Only) -> anyhow::Result<Vec<account::Model>> {
    let accounts = find_accounts(services, only).await?;
    anyhow::ensure!(only.account.is_none() || !accounts.is_empty(), "there is no such connected account");
    Ok(accounts)
}

async fn find_accounts(services: &Services, only: &Only) -> Result<Vec<account::Model>, DbErr> {
    let mut query = account::Entity::across_workspaces().filter(account::Column::ConnectionId.is_not_null());
    if let Some(workspace) = only.workspace {
        query = query.filter(account::Column::WorkspaceId.eq(WorkspaceId(workspace)));
    }
    if let Some(id) = only.account {
        query = query.filter(account::Column::Id.eq(AccountId(id)));
    }
    query.all(&*services.database).await
}

/// The logins through which the accounts that are meant are read.
///
/// # Errors
/// When an account is named that is not connected, or when the database fails.
pub(super) async fn grants(services: &Services, only: &Only) -> anyhow::Result<Vec<connection::Model>> {
    let mut query = connection::Entity::across_workspaces();
    if let Some(workspace) = only.workspace {
        query = query.filter(connection::Column::WorkspaceId.eq(WorkspaceId(workspace)));
    }
    if only.account.is_some() {
        let of_account =
            accounts(services, only).await?.into_iter().filter_map(|account| account.connection_id);
        query = query.filter(connection::Column::Id.is_in(of_account));
    }
    Ok(query.all(&*services.database).await?)
}

/// Reads an id as the API writes it, `account:…`, or without the word in front.
pub(super) fn id_of(
    kind: &'static str,
) -> impl Fn(&str) -> Result<Uuid, String> + Clone + Send + Sync + 'static {
    move |text| {
        let bare = text.strip_prefix(kind).and_then(|rest| rest.strip_prefix(':')).unwrap_or(text);
        bare.parse()
            .map_err(|_| format!("expected an id such as {kind}:0199c0de-0000-7000-8000-000000000000"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_as_the_api_writes_them() {
        let id = "0199c0de-0000-7000-8000-000000000000";
        let read = id_of("account");
        assert_eq!(read(id), read(&format!("account:{id}")));
        assert!(read(id).is_ok());
        for text in ["", "account:", &format!("workspace:{id}"), "account:x"] {
            assert!(read(text).unwrap_err().contains("account:"), "{text}");
        }
    }
}
