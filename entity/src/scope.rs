//! Where queries begin: inside one workspace, or openly across all of them.
#![expect(clippy::disallowed_methods, reason = "the one place that builds unscoped queries")]

use sea_orm::{ColumnTrait, DeleteMany, EntityTrait, QueryFilter, Select, UpdateMany};

use crate::WorkspaceId;

/// A table whose rows each belong to exactly one workspace.
pub trait InWorkspace: EntityTrait {
    /// The column that holds the workspace.
    const WORKSPACE: Self::Column;

    /// Rows of `workspace`.
    #[must_use]
    fn in_workspace(workspace: WorkspaceId) -> Select<Self> {
        Self::find().filter(Self::WORKSPACE.eq(workspace))
    }

    /// An update of rows of `workspace`.
    #[must_use]
    fn update_in_workspace(workspace: WorkspaceId) -> UpdateMany<Self> {
        Self::update_many().filter(Self::WORKSPACE.eq(workspace))
    }

    /// A deletion of rows of `workspace`.
    #[must_use]
    fn delete_in_workspace(workspace: WorkspaceId) -> DeleteMany<Self> {
        Self::delete_many().filter(Self::WORKSPACE.eq(workspace))
    }

    /// Rows of all workspaces: for the worker, for operators, and for look-ups by an unguessable
    /// value that itself names the workspace. Never for a request of a person.
    #[must_use]
    fn across_workspaces() -> Select<Self> {
        Self::find()
    }

    /// An update of rows of all workspaces; see [`InWorkspace::across_workspaces`].
    #[must_use]
    fn update_across_workspaces() -> UpdateMany<Self> {
        Self::update_many()
    }

    /// A deletion of rows of all workspaces; see [`InWorkspace::across_workspaces`].
    #[must_use]
    fn delete_across_workspaces() -> DeleteMany<Self> {
        Self::delete_many()
    }
}

/// A table whose rows belong to no workspace, such as people and their sessions.
pub trait Global: EntityTrait {
    /// All rows.
    #[must_use]
    fn rows() -> Select<Self> {
        Self::find()
    }

    /// An update of rows.
    #[must_use]
    fn update_rows() -> UpdateMany<Self> {
        Self::update_many()
    }

    /// A deletion of rows.
    #[must_use]
    fn delete_rows() -> DeleteMany<Self> {
        Self::delete_many()
    }
}
