//! The fuse: an account that Meta keeps refusing although it calls the login valid is not asked about
//! again and again.
//!
//! After the first refusal calls about it are made one at a time, at most one an hour. When nothing heals
//! it, reading rests for a day, and is then tried by one call. That the login itself was proven well ends
//! the first rest, and no later one; being read, or repaired, ends it all.

use chrono::TimeDelta;
use entity::account;
use jobs::budget;
use sea_orm::prelude::*;

use crate::Connections;
use crate::governor::fuse_scope;

/// How long what nothing has healed is left alone.
const REST: TimeDelta = TimeDelta::days(1);

impl Connections {
    /// Meta has refused a call about `account`.
    pub(crate) async fn note_refusal(&self, account: &account::Model) -> Result<(), DbErr> {
        let _turn = self.database.turn().await;
        budget::refuse(&*self.database, self.world.now(), &fuse_scope(account.id), None).await
    }

    /// Nothing has healed what `account` is refused for.
    pub(crate) async fn blow_fuse(&self, account: &account::Model) -> Result<(), DbErr> {
        let now = self.world.now();
        tracing::warn!(account = %account.id, workspace = %account.workspace_id, "refused and not healed; reading rests");
        let _turn = self.database.turn().await;
        budget::refuse(&*self.database, now, &fuse_scope(account.id), Some(now + REST)).await
    }

    /// The login of `accounts` works, although one of them was refused.
    pub(crate) async fn give_another_chance(&self, accounts: &[account::Model]) -> Result<(), DbErr> {
        let scopes: Vec<_> = accounts.iter().map(|account| fuse_scope(account.id)).collect();
        let _turn = self.database.turn().await;
        budget::end_first_rest(&*self.database, &scopes).await
    }

    /// Meta has answered a call about `account` that was a trial.
    pub(crate) async fn mend_fuse(&self, account: &account::Model) -> Result<(), DbErr> {
        let _turn = self.database.turn().await;
        budget::forget(&*self.database, &fuse_scope(account.id)).await
    }
}
