//! The signed-in person.

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::membership;
use identity::Actor;

use super::caller::Ask as _;
use super::enums::Role;
use super::fault::Fault;
use super::ids::global;
use super::page::weight;
use super::workspace::Workspace;

/// The signed-in person.
pub(crate) struct Viewer(pub(crate) Actor);

/// As many workspaces as anybody is expected to belong to; what is asked of each weighs so often.
const A_HANDFUL: i32 = 20;

#[Object]
impl Viewer {
    /// The global id.
    async fn id(&self) -> ID {
        global(self.0.user_id)
    }

    /// The address they sign in with.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What they are called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The workspaces they belong to.
    #[graphql(complexity = "weight(Some(A_HANDFUL), child_complexity)")]
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Vec<Membership>, Fault> {
        let services = ctx.services()?;
        let pairs = services.identity.memberships(self.0.user_id).await?;
        let mut memberships = Vec::with_capacity(pairs.len());
        for (membership, row) in pairs {
            // One membership each for a handful of workspaces.
            if let Some(member) = services.identity.member(&self.0, row.workspace_id).await? {
                memberships.push(Membership::new(&membership, Workspace { row, member }));
            }
        }
        Ok(memberships)
    }
}

/// A workspace and what the person may do in it.
#[derive(SimpleObject)]
pub(crate) struct Membership {
    /// What the person may do there.
    role: Role,
    /// Whether the person gets mails about incidents there.
    wants_alerts: bool,
    /// The workspace.
    workspace: Workspace,
}

impl Membership {
    pub(crate) fn new(row: &membership::Model, workspace: Workspace) -> Self {
        Self { role: row.role.into(), wants_alerts: row.wants_alerts, workspace }
    }
}
