//! Work that is due: one row per kind and subject.

use sea_orm::entity::prelude::*;

pub use crate::refresh_attempt::Trigger;

use crate::{InWorkspace, JobId, WorkspaceId};

/// The kinds of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum JobKind {
    /// Renew the token of a grant when it is due.
    #[sea_orm(string_value = "refresh_token")]
    RefreshToken,
    /// Ask Meta whether a grant and its accounts still work.
    #[sea_orm(string_value = "check_token")]
    CheckToken,
    /// Collect the newest insights of an account.
    #[sea_orm(string_value = "collect_insights")]
    CollectInsights,
    /// Take an audience snapshot of an account.
    #[sea_orm(string_value = "collect_audience")]
    CollectAudience,
    /// List the media and stories of an account, and read the numbers of those whose time has come.
    #[sea_orm(string_value = "collect_media")]
    CollectMedia,
    /// Fetch the days of an account that are missing.
    #[sea_orm(string_value = "backfill_insights")]
    BackfillInsights,
    /// Send one mail.
    #[sea_orm(string_value = "send_mail")]
    SendMail,
    /// Remind of an incident that nobody has settled.
    #[sea_orm(string_value = "follow_up")]
    FollowUp,
    /// Bring a channel the events that wait for it.
    #[sea_orm(string_value = "deliver")]
    Deliver,
}

/// A row of the table `job`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: JobId,
    /// The workspace it is done for; the nil id for mails to people outside any workspace.
    pub workspace_id: WorkspaceId,
    /// What is to be done.
    pub kind: JobKind,
    /// To what: a grant, an account, a mail, an incident or a channel; (kind, subject) is unique.
    pub subject_id: Uuid,
    /// When; absent while it waits for something else.
    pub due_at: Option<DateTimeUtc>,
    /// What asked for the next execution.
    pub trigger: Trigger,
    /// Who is doing it now.
    pub lease_owner: Option<String>,
    /// When that claim ends by itself.
    pub lease_until: Option<DateTimeUtc>,
    /// Rises with every claim; a finish with an older term is refused.
    pub lease_term: i64,
    /// Executions begun since the last that ended in an orderly way.
    pub attempt: i32,
    /// Failed executions in a row, for the retry delay.
    pub failures: i32,
    /// Set when it kept dying; an operator releases it.
    pub quarantined_at: Option<DateTimeUtc>,
    /// When it was first due.
    pub created_at: DateTimeUtc,
    /// When anything in the row last changed.
    pub updated_at: DateTimeUtc,
}

/// No relations are declared: every look-up is written out with its workspace.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl InWorkspace for Entity {
    const WORKSPACE: Column = Column::WorkspaceId;
}
