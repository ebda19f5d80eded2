//! Links with which clients connect accounts, for the team.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use connections::connect_links::{ConnectLinkError, NewConnectLink};
use entity::{ConnectLinkId, WorkspaceId, connect_link};
use identity::Member;

use crate::graphql::caller::Ask as _;
use crate::graphql::connect_link::ConnectLink;
use crate::graphql::enums::Provider;
use crate::graphql::fault::Fault;
use crate::graphql::ids::{GlobalId, local};
use crate::graphql::query::workspace_of;
use crate::graphql::user_error::{UserError, UserErrorCode};

/// Declares the payload of a mutation that gives a connect link.
macro_rules! connect_link_payload {
    ($($name:ident),*) => {$(
        /// What came of it.
        #[derive(SimpleObject, Default)]
        pub(crate) struct $name {
            /// The link; null when there is an error.
            link: Option<ConnectLink>,
            /// Why it was not done; empty when it was.
            user_errors: Vec<UserError>,
        }

        impl $name {
            async fn new(
                ctx: &Context<'_>,
                member: &Member,
                link: Result<connect_link::Model, ConnectLinkError>,
            ) -> Result<Self, Fault> {
                Ok(match link {
                    Ok(row) => Self {
                        link: ConnectLink::with_accounts(ctx, member, vec![row]).await?.pop(),
                        user_errors: Vec::new(),
                    },
                    Err(error) => Self { link: None, user_errors: vec![link_error(error)?] },
                })
            }

            fn not_found(field: &str) -> Self {
                Self { link: None, user_errors: vec![UserError::not_found(field)] }
            }
        }
    )*};
}

connect_link_payload!(CreateConnectLinkPayload, RevokeConnectLinkPayload);

/// For whom to make a link, and what it offers.
#[derive(InputObject)]
pub(crate) struct CreateConnectLinkInput {
    /// The workspace that gets the accounts.
    workspace_id: ID,
    /// For whom it is, as the team calls them; at most 100 characters. The client reads it, too.
    client_name: String,
    /// The only login to offer; the client decides when left out.
    provider: Option<Provider>,
    /// The address to mail it to; without one it is for copying.
    email: Option<String>,
    /// Where reconnect mails of the accounts go; when left out it is where the link was mailed to, or
    /// what the client enters.
    contact_email: Option<String>,
    /// How many days it works, from 1 to 30; 7 when left out.
    lifetime_days: Option<i32>,
}

/// Which link to withdraw.
#[derive(InputObject)]
pub(crate) struct RevokeConnectLinkInput {
    /// The link.
    connect_link_id: ID,
}

#[derive(Default)]
pub(crate) struct ConnectLinkMutation;

#[Object]
impl ConnectLinkMutation {
    /// Makes a link with which a client who has no login connects accounts, and mails it when there is
    /// an address. It works several times, until it ends or is withdrawn.
    async fn create_connect_link(
        &self,
        ctx: &Context<'_>,
        input: CreateConnectLinkInput,
    ) -> Result<CreateConnectLinkPayload, Fault> {
        ctx.actor()?;
        let member = match local::<WorkspaceId>(&input.workspace_id) {
            Some(workspace) => ctx.member(workspace).await?,
            None => None,
        };
        let Some(member) = member else { return Ok(CreateConnectLinkPayload::not_found("workspaceId")) };
        let new = NewConnectLink {
            client_name: input.client_name,
            provider: input.provider.map(Into::into),
            send_to: input.email,
            contact_email: input.contact_email,
            // What is no number of days at all is refused as zero is.
            days: input.lifetime_days.map(|days| u32::try_from(days).unwrap_or_default()),
        };
        let link = ctx.services()?.connections.create_connect_link(&member, new).await;
        CreateConnectLinkPayload::new(ctx, &member, link).await
    }

    /// Withdraws a connect link. Accounts that were connected with it stay.
    async fn revoke_connect_link(
        &self,
        ctx: &Context<'_>,
        input: RevokeConnectLinkInput,
    ) -> Result<RevokeConnectLinkPayload, Fault> {
        ctx.actor()?;
        let not_found = || Ok(RevokeConnectLinkPayload::not_found("connectLinkId"));
        let Some(id) = local::<ConnectLinkId>(&input.connect_link_id) else { return not_found() };
        let member = match workspace_of(ctx, GlobalId::ConnectLink(id)).await? {
            Some(workspace) => ctx.member(workspace).await?,
            None => None,
        };
        let Some(member) = member else { return not_found() };
        let link = ctx.services()?.connections.revoke_connect_link(&member, id).await;
        RevokeConnectLinkPayload::new(ctx, &member, link).await
    }
}

fn link_error(error: ConnectLinkError) -> Result<UserError, Fault> {
    const NO_ADDRESS: &str = "This is not an e-mail address that we can write to.";
    Ok(match error {
        ConnectLinkError::Forbidden => UserError::forbidden(),
        ConnectLinkError::NotFound => UserError::not_found("connectLinkId"),
        ConnectLinkError::Name(fault) => {
            UserError::at("clientName", UserErrorCode::Invalid, fault.to_string())
        }
        ConnectLinkError::Days => UserError::at(
            "lifetimeDays",
            UserErrorCode::Invalid,
            "A link works for at least one day and for 30 at most.",
        ),
        ConnectLinkError::NotConfigured => UserError::at(
            "provider",
            UserErrorCode::NotConfigured,
            "This login is not set up on this installation.",
        ),
        ConnectLinkError::BadAddress => UserError::at("email", UserErrorCode::Invalid, NO_ADDRESS),
        ConnectLinkError::BadContact => UserError::at("contactEmail", UserErrorCode::Invalid, NO_ADDRESS),
        ConnectLinkError::TooManyMails => UserError::at(
            "email",
            UserErrorCode::TryLater,
            "This address was sent three links within a day. Copy the link instead, or try again tomorrow.",
        ),
        ConnectLinkError::Database(error) => return Err(error.into()),
    })
}
