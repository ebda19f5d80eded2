//! Who acts, and with which right.

use entity::{SessionId, UserId, WorkspaceId};

pub use entity::membership::Role;

/// A signed-in person, as proven by a session that is alive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user_id: UserId,
    /// The session the person acts through.
    pub session_id: SessionId,
    /// What the person is called.
    pub name: String,
    /// The person's address.
    pub email: String,
}

/// A signed-in person in one workspace. Only [`crate::Identity::member`] makes one, after it has
/// looked the membership up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    actor: Actor,
    workspace_id: WorkspaceId,
    role: Role,
}

impl Member {
    pub(crate) fn new(actor: Actor, workspace_id: WorkspaceId, role: Role) -> Self {
        Self { actor, workspace_id, role }
    }

    /// The person.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The person's id.
    #[must_use]
    pub fn user_id(&self) -> UserId {
        self.actor.user_id
    }

    /// The workspace.
    #[must_use]
    pub fn workspace_id(&self) -> WorkspaceId {
        self.workspace_id
    }

    /// What the person may do there.
    #[must_use]
    pub fn role(&self) -> Role {
        self.role
    }

    /// Whether the person has at least the rights of `role`.
    #[must_use]
    pub fn is_at_least(&self, role: Role) -> bool {
        rank(self.role) >= rank(role)
    }

    /// Passes when the person has at least the rights of `role`.
    ///
    /// # Errors
    /// When the person has fewer.
    pub fn require(&self, role: Role) -> Result<(), Forbidden> {
        if self.is_at_least(role) { Ok(()) } else { Err(Forbidden { needed: role }) }
    }
}

/// The person's role does not reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this needs a higher role in the workspace")]
pub struct Forbidden {
    /// The least role that would do.
    pub needed: Role,
}

fn rank(role: Role) -> u8 {
    match role {
        Role::Viewer => 0,
        Role::Member => 1,
        Role::Admin => 2,
        Role::Owner => 3,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn each_role_includes_those_below_it() {
        let roles = [Role::Viewer, Role::Member, Role::Admin, Role::Owner];
        for (have, role) in roles.into_iter().enumerate() {
            let actor = Actor {
                user_id: UserId(Uuid::nil()),
                session_id: SessionId(Uuid::nil()),
                name: String::new(),
                email: String::new(),
            };
            let member = Member::new(actor, WorkspaceId(Uuid::nil()), role);
            for (need, needed) in roles.into_iter().enumerate() {
                let expected = if have >= need { Ok(()) } else { Err(Forbidden { needed }) };
                assert_eq!(member.require(needed), expected, "{role:?} as {needed:?}");
            }
        }
    }
}
