//! The fuse: an account that Meta keeps refusing although it calls the login valid is not asked about
//! again and again.
//!
//! After the first refusal calls about it are made one at a time, at most one an hour. When nothing heals
//! it, or when calls that were under way at the same time are refused as well, reading rests for a day,
//! and is then tried by one call. That the login itself was proven well ends the first rest, and no later
//! one; being read, or repaired, ends it all.

use chrono::TimeDelta;
use entity::account;
use jobs::budget;
use sea_orm::prelude::*;

use crate::Connections;
use crate::governor::fuse_scope;

/// How long what nothing has healed is left alone.
const REST: TimeDelta = TimeDelta::days(1);
/// After so many refusals nothing is tried any more: with the call that may still be under way they are
/// the four that an account costs in a day at most.
const MOST_REFUSALS: i32 = 3;

impl Connections {
    /// Meta has refused a call about `account`; a trial, if it was to show that it is accepted again.
    pub(crate) async fn note_refusal(&self, account: &account::Model, is_trial: bool) -> Result<(), DbErr> {
        let turn = self.database.turn().await;
        let refusals = budget::refuse(&*self.database, self.world.now(), &fuse_scope(account.id)).await?;
        drop(turn);
        if is_trial || refusals >= MOST_REFUSALS { self.blow_fuse(account).await } else { Ok(()) }
    }

    /// Nothing has healed what `account` is refused for.
    pub(crate) async fn blow_fuse(&self, account: &account::Model) -> Result<(), DbErr> {
        let now = self.world.now();
        tracing::warn!(account = %account.id, workspace = %account.workspace_id, "refused and not healed; reading rests");
        let _turn = self.database.turn().await;
        budget::rest(&*self.database, now, &fuse_scope(account.id), now + REST).await
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
