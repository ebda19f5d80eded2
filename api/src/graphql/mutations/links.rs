//! Reconnect links, for the team.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use connections::bulk_links::{MOST_AT_ONCE, NotSent};
use connections::links::LinkError;
use entity::{AccountId, LinkId, WorkspaceId, reconnect_link};
use identity::Member;
use uuid::Uuid;

use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::ids::{GlobalId, local};
use crate::graphql::link::ReconnectLink;
use crate::graphql::query::{member_of_account, workspace_of};
use crate::graphql::user_error::{UserError, UserErrorCode};

/// Declares the payload of a mutation that gives a link.
macro_rules! link_payload {
    ($($name:ident),*) => {$(
        /// What came of it.
        #[derive(SimpleObject, Default)]
        pub(crate) struct $name {
            /// The link; null when there is an error.
            link: Option<ReconnectLink>,
            /// Why it was not done; empty when it was.
            user_errors: Vec<UserError>,
        }

        impl $name {
            fn new(member: &Member, link: Result<reconnect_link::Model, LinkError>) -> Result<Self, Fault> {
                Ok(match link {
                    Ok(row) => Self {
                        link: Some(ReconnectLink { row, member: member.clone() }),
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

/// What became of one account of a sending.
#[derive(SimpleObject)]
pub(crate) struct SentReconnectLink {
    /// The account, as it was asked for.
    account_id: ID,
    /// The link that was mailed; accounts with the same address and login share one. Null when there is
    /// an error.
    link: Option<ReconnectLink>,
    /// Why none was mailed; null when one was.
    error: Option<UserError>,
}

/// What came of it.
#[derive(SimpleObject, Default)]
pub(crate) struct SendReconnectLinksPayload {
    /// One for each account, in the order in which they were asked for.
    results: Vec<SentReconnectLink>,
    /// Why nothing was done at all; empty when it was.
    user_errors: Vec<UserError>,
}

impl SendReconnectLinksPayload {
    fn refused(error: UserError) -> Self {
        Self { results: Vec::new(), user_errors: vec![error] }
    }
}

link_payload!(CreateReconnectLinkPayload, SendReconnectLinkPayload, RevokeReconnectLinkPayload);

/// For which account to make a link.
#[derive(InputObject)]
pub(crate) struct CreateReconnectLinkInput {
    /// The account.
    account_id: ID,
}

/// For which account to mail a link, and where to.
#[derive(InputObject)]
pub(crate) struct SendReconnectLinkInput {
    /// The account.
    account_id: ID,
    /// The address; the account's contact address when left out.
    email: Option<String>,
}

/// For which accounts to mail links.
#[derive(InputObject)]
pub(crate) struct SendReconnectLinksInput {
    /// The workspace of the accounts.
    workspace_id: ID,
    /// The accounts, at most 100.
    account_ids: Vec<ID>,
}

/// Which link to withdraw.
#[derive(InputObject)]
pub(crate) struct RevokeReconnectLinkInput {
    /// The link.
    link_id: ID,
}

#[derive(Default)]
pub(crate) struct LinkMutation;

#[Object]
impl LinkMutation {
    /// Makes a reconnect link for copying. Older links of the account stop working.
    async fn create_reconnect_link(
        &self,
        ctx: &Context<'_>,
        input: CreateReconnectLinkInput,
    ) -> Result<CreateReconnectLinkPayload, Fault> {
        ctx.actor()?;
        let Some((member, id)) = account(ctx, &input.account_id).await? else {
            return Ok(CreateReconnectLinkPayload::not_found("accountId"));
        };
        let link = ctx.services()?.connections.create_link(&member, id).await;
        CreateReconnectLinkPayload::new(&member, link)
    }

    /// Makes a reconnect link and mails it. Older links of the account stop working.
    async fn send_reconnect_link(
        &self,
        ctx: &Context<'_>,
        input: SendReconnectLinkInput,
    ) -> Result<SendReconnectLinkPayload, Fault> {
        ctx.actor()?;
        let Some((member, id)) = account(ctx, &input.account_id).await? else {
            return Ok(SendReconnectLinkPayload::not_found("accountId"));
        };
        let link = ctx.services()?.connections.send_link(&member, id, input.email.as_deref()).await;
        SendReconnectLinkPayload::new(&member, link)
    }

    /// Mails reconnect links for many accounts to their contact addresses: one mail for all accounts
    /// that share an address and a login. Says for each account what became of it.
    async fn send_reconnect_links(
        &self,
        ctx: &Context<'_>,
        input: SendReconnectLinksInput,
    ) -> Result<SendReconnectLinksPayload, Fault> {
        ctx.actor()?;
        let member = match local::<WorkspaceId>(&input.workspace_id) {
            Some(workspace) => ctx.member(workspace).await?,
            None => None,
        };
        let Some(member) = member else {
            return Ok(SendReconnectLinksPayload::refused(UserError::not_found("workspaceId")));
        };
        if input.account_ids.is_empty() || input.account_ids.len() > MOST_AT_ONCE {
            return Ok(SendReconnectLinksPayload::refused(UserError::at(
                "accountIds",
                UserErrorCode::Invalid,
                "Choose at least one account, and 100 at most.",
            )));
        }
        // What is no id of an account is an account that nobody has.
        let ids: Vec<_> = input
            .account_ids
            .iter()
            .map(|id| local::<AccountId>(id).unwrap_or(AccountId(Uuid::nil())))
            .collect();
        let sent = match ctx.services()?.connections.send_links(&member, &ids).await {
            Ok(sent) => sent,
            Err(error) => return Ok(SendReconnectLinksPayload::refused(link_error(error)?)),
        };
        let results = input.account_ids.into_iter().zip(sent).map(|(account_id, (_, link))| match link {
            Ok(row) => SentReconnectLink {
                account_id,
                link: Some(ReconnectLink { row, member: member.clone() }),
                error: None,
            },
            Err(reason) => SentReconnectLink { account_id, link: None, error: Some(not_sent(reason)) },
        });
        Ok(SendReconnectLinksPayload { results: results.collect(), user_errors: Vec::new() })
    }

    /// Withdraws a reconnect link.
    async fn revoke_reconnect_link(
        &self,
        ctx: &Context<'_>,
        input: RevokeReconnectLinkInput,
    ) -> Result<RevokeReconnectLinkPayload, Fault> {
        ctx.actor()?;
        let Some(id) = local::<LinkId>(&input.link_id) else {
            return Ok(RevokeReconnectLinkPayload::not_found("linkId"));
        };
        let member = match workspace_of(ctx, GlobalId::Link(id)).await? {
            Some(workspace) => ctx.member(workspace).await?,
            None => None,
        };
        let Some(member) = member else { return Ok(RevokeReconnectLinkPayload::not_found("linkId")) };
        let link = ctx.services()?.connections.revoke_link(&member, id).await;
        RevokeReconnectLinkPayload::new(&member, link)
    }
}

async fn account(ctx: &Context<'_>, id: &ID) -> Result<Option<(Member, AccountId)>, Fault> {
    let Some(id) = local::<AccountId>(id) else { return Ok(None) };
    Ok(member_of_account(ctx, id).await?.map(|member| (member, id)))
}

fn not_sent(reason: NotSent) -> UserError {
    let (code, message) = match reason {
        NotSent::NotFound => return UserError::not_found("accountIds"),
        NotSent::Disconnected => {
            (UserErrorCode::Invalid, "This account is disconnected. Only a member can connect it again.")
        }
        NotSent::NoAddress => {
            (UserErrorCode::Invalid, "This account has no contact address. Give it one, or copy a link.")
        }
        NotSent::TooManyMails => (
            UserErrorCode::TryLater,
            "Its contact address was sent three links within a day. Try again tomorrow, or copy a link.",
        ),
    };
    UserError::at("accountIds", code, message)
}

fn link_error(error: LinkError) -> Result<UserError, Fault> {
    Ok(match error {
        LinkError::Forbidden => UserError::forbidden(),
        LinkError::NotFound => UserError::not_found("accountId"),
        LinkError::Disconnected => UserError::at(
            "accountId",
            UserErrorCode::Invalid,
            "This account is disconnected. Only a member can connect it again.",
        ),
        LinkError::NoAddress => UserError::at(
            "email",
            UserErrorCode::Invalid,
            "This account has no contact address. Give one, or copy the link instead.",
        ),
        LinkError::BadAddress => UserError::at(
            "email",
            UserErrorCode::Invalid,
            "This is not an e-mail address that we can write to.",
        ),
        LinkError::TooManyMails => UserError::at(
            "email",
            UserErrorCode::TryLater,
            "This address was sent three links within a day. Copy the link instead, or try again tomorrow.",
        ),
        LinkError::Database(error) => return Err(error.into()),
    })
}
