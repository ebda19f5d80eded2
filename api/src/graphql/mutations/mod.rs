//! Where changes begin: one file per area.

mod accounts;
mod channels;
mod connect;
mod connect_links;
mod links;
mod operators;
mod sessions;
mod tokens;
mod workspaces;

use async_graphql::MergedObject;

/// Where changes begin.
#[derive(MergedObject, Default)]
pub(crate) struct Mutation(
    sessions::SessionMutation,
    workspaces::WorkspaceMutation,
    connect::ConnectMutation,
    connect_links::ConnectLinkMutation,
    links::LinkMutation,
    accounts::AccountMutation,
    tokens::TokenMutation,
    operators::OperatorMutation,
    channels::ChannelMutation,
);

/// Declares the payload of a mutation that gives nothing but its errors.
macro_rules! bare_payload {
    ($($name:ident),*) => {$(
        /// What came of it.
        #[derive(async_graphql::SimpleObject, Default)]
        pub(crate) struct $name {
            /// Why it was not done; empty when it was.
            user_errors: Vec<$crate::graphql::user_error::UserError>,
        }
    )*};
}
pub(crate) use bare_payload;
