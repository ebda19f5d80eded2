//! Connecting and reconnecting accounts.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use connections::authorise::{StartError, Started};
use connections::connect::ChooseError;
use entity::{AccountId, ConnectSessionId, WorkspaceId};
use identity::EmailAddress;
use platform::Secret;

use crate::cookies;
use crate::graphql::account::Account;
use crate::graphql::caller::Ask as _;
use crate::graphql::enums::Provider;
use crate::graphql::fault::Fault;
use crate::graphql::ids::local;
use crate::graphql::query::{member_of_account, member_of_choice};
use crate::graphql::user_error::{UserError, UserErrorCode};

/// Declares the payload of a mutation that starts Meta's dialog.
macro_rules! dialog_payload {
    ($($name:ident),*) => {$(
        /// Where to go on. The answer sets a cookie that has to come back from the dialog.
        #[derive(SimpleObject, Default)]
        pub(crate) struct $name {
            /// Meta's dialog; null when there is an error.
            authorization_url: Option<String>,
            /// Why it was not started; empty when it was.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn refused(error: UserError) -> Self {
                Self { authorization_url: None, user_errors: vec![error] }
            }

            fn new(ctx: &Context<'_>, started: Result<Started, StartError>, field: &str) -> Result<Self, Fault> {
                match started {
                    Ok(started) => {
                        ctx.caller()?.set_cookie(cookies::set_authorisation(&started.browser_token));
                        Ok(Self { authorization_url: Some(started.url.into()), user_errors: Vec::new() })
                    }
                    Err(error) => Ok(Self::refused(start_error(error, field)?)),
                }
            }
        }
    )*};
}

dialog_payload!(StartConnectPayload, StartReconnectPayload, StartLinkReconnectPayload);

/// Which login to connect through.
#[derive(InputObject)]
pub(crate) struct StartConnectInput {
    /// The workspace that the accounts are for.
    workspace_id: ID,
    /// The login.
    provider: Provider,
}

/// Which accounts to add.
#[derive(InputObject)]
pub(crate) struct ChooseAccountsInput {
    /// The choice, as the return from Meta led to it.
    connect_session_id: ID,
    /// Meta's ids of the accounts to add.
    instagram_ids: Vec<String>,
    /// Where reconnect mails for these accounts go; the workspace's owners when left out.
    contact_email: Option<String>,
}

/// Which account to repair.
#[derive(InputObject)]
pub(crate) struct StartReconnectInput {
    /// The account.
    account_id: ID,
}

/// What somebody brings from a reconnect link.
#[derive(InputObject)]
pub(crate) struct StartLinkReconnectInput {
    /// The token in the link.
    token: String,
}

/// What came of the choice.
#[derive(SimpleObject, Default)]
pub(crate) struct ChooseAccountsPayload {
    /// The accounts that were added.
    accounts: Vec<Account>,
    /// Why none was added; empty when they were.
    user_errors: Vec<UserError>,
}

impl ChooseAccountsPayload {
    fn refused(error: UserError) -> Self {
        Self { accounts: Vec::new(), user_errors: vec![error] }
    }
}

#[derive(Default)]
pub(crate) struct ConnectMutation;

#[Object]
impl ConnectMutation {
    /// Starts Meta's dialog for connecting new accounts. Afterwards Meta leads the browser back, and
    /// the way goes on at `/connect/{id}` with the id of a connect session.
    async fn start_connect(
        &self,
        ctx: &Context<'_>,
        input: StartConnectInput,
    ) -> Result<StartConnectPayload, Fault> {
        ctx.actor()?;
        let member = match local::<WorkspaceId>(&input.workspace_id) {
            Some(id) => ctx.member(id).await?,
            None => None,
        };
        let Some(member) = member else {
            return Ok(StartConnectPayload::refused(UserError::not_found("workspaceId")));
        };
        let started = ctx.services()?.connections.start_connect(&member, input.provider.into()).await;
        StartConnectPayload::new(ctx, started, "provider")
    }

    /// Adds the chosen accounts; collecting starts at once.
    async fn choose_accounts(
        &self,
        ctx: &Context<'_>,
        input: ChooseAccountsInput,
    ) -> Result<ChooseAccountsPayload, Fault> {
        ctx.actor()?;
        let not_found = || Ok(ChooseAccountsPayload::refused(UserError::not_found("connectSessionId")));
        let Some(id) = local::<ConnectSessionId>(&input.connect_session_id) else { return not_found() };
        let Some(member) = member_of_choice(ctx, id).await? else { return not_found() };
        let contact = match contact(input.contact_email.as_deref()) {
            Ok(contact) => contact,
            Err(error) => return Ok(ChooseAccountsPayload::refused(error)),
        };
        let services = ctx.services()?;
        match services.connections.choose(&member, id, &input.instagram_ids, contact.as_deref()).await {
            Ok(rows) => {
                let accounts = Account::with_grants(&services.database, &member, rows).await?;
                Ok(ChooseAccountsPayload { accounts, user_errors: Vec::new() })
            }
            Err(error) => Ok(ChooseAccountsPayload::refused(choose_error(error)?)),
        }
    }

    /// Starts Meta's dialog for the repair of an account.
    async fn start_reconnect(
        &self,
        ctx: &Context<'_>,
        input: StartReconnectInput,
    ) -> Result<StartReconnectPayload, Fault> {
        ctx.actor()?;
        let not_found = || Ok(StartReconnectPayload::refused(UserError::not_found("accountId")));
        let Some(id) = local::<AccountId>(&input.account_id) else { return not_found() };
        let Some(member) = member_of_account(ctx, id).await? else { return not_found() };
        let started = ctx.services()?.connections.start_reconnect(&member, id).await;
        StartReconnectPayload::new(ctx, started, "accountId")
    }

    /// Public: starts the repair that a reconnect link offers.
    async fn start_link_reconnect(
        &self,
        ctx: &Context<'_>,
        input: StartLinkReconnectInput,
    ) -> Result<StartLinkReconnectPayload, Fault> {
        let started = ctx.services()?.connections.start_from_link(&Secret::new(input.token)).await;
        StartLinkReconnectPayload::new(ctx, started, "token")
    }
}

fn start_error(error: StartError, field: &str) -> Result<UserError, Fault> {
    use incidents::link::Unusable;
    Ok(match error {
        StartError::NotConfigured => UserError::at(
            field,
            UserErrorCode::NotConfigured,
            "This login is not set up on this installation.",
        ),
        StartError::Forbidden => UserError::forbidden(),
        StartError::NotFound => UserError::not_found(field),
        StartError::Link(Unusable::Expired) => {
            UserError::at(field, UserErrorCode::Expired, "This link has expired. Ask for a new one.")
        }
        StartError::Link(Unusable::Revoked) => UserError::at(
            field,
            UserErrorCode::Expired,
            "This link was replaced or withdrawn. Ask for a new one.",
        ),
        StartError::Link(Unusable::Done) => UserError::at(
            field,
            UserErrorCode::AlreadyDone,
            "The account was reconnected with this link already.",
        ),
        StartError::Link(Unusable::StartedTooOften) => {
            UserError::at(field, UserErrorCode::Expired, "This link was tried too often. Ask for a new one.")
        }
        StartError::Database(error) => return Err(error.into()),
    })
}

fn choose_error(error: ChooseError) -> Result<UserError, Fault> {
    Ok(match error {
        ChooseError::Forbidden => UserError::forbidden(),
        ChooseError::Over => UserError::at(
            "connectSessionId",
            UserErrorCode::Expired,
            "This choice is over or was made already. Connect again to add more accounts.",
        ),
        ChooseError::BadContact => UserError::at(
            "contactEmail",
            UserErrorCode::Invalid,
            "This is not an e-mail address that we can write to.",
        ),
        ChooseError::Nothing => {
            UserError::at("instagramIds", UserErrorCode::Invalid, "Choose at least one account.")
        }
        ChooseError::NotOffered(ids) => UserError::at(
            "instagramIds",
            UserErrorCode::Invalid,
            format!("These accounts cannot be added with this login: {}.", shortened(&ids)),
        ),
        ChooseError::Meta(error) => {
            tracing::warn!(%error, "accounts could not be added");
            UserError::new(
                UserErrorCode::TryLater,
                "Meta did not answer as needed. Nothing was added; please try again.",
            )
        }
        ChooseError::Database(error) => return Err(error.into()),
    })
}

/// Ids came from outside and may be anything.
fn shortened(ids: &[String]) -> String {
    let clean = |id: &String| id.chars().filter(char::is_ascii_alphanumeric).take(24).collect::<String>();
    ids.iter().take(5).map(clean).collect::<Vec<_>>().join(", ")
}

/// A contact address that was filled in, if one was.
pub(super) fn contact(text: Option<&str>) -> Result<Option<String>, UserError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    match text.parse::<EmailAddress>() {
        Ok(address) => Ok(Some(address.as_str().to_owned())),
        Err(_) => Err(UserError::at(
            "contactEmail",
            UserErrorCode::Invalid,
            "This is not an e-mail address that we can write to.",
        )),
    }
}
