//! Asking Meta whether a grant and its accounts still work, and healing what can be healed.

use chrono::{DateTime, TimeDelta, Utc};
use entity::account::{self, Health, HealthReason};
use entity::connection::{self, Provider};
use entity::job::{JobKind, Trigger};
use entity::{ConnectionId, InWorkspace, WorkspaceId};
use jobs::queue::{self, Work};
use meta::{Cause, ErrorKind, Expiry, TokenDebug};
use platform::Secret;
use sea_orm::prelude::*;
use sea_orm::sea_query::Expr;
use serde_json::json;

use crate::authorise::{granted_scopes, missing_scopes};
use crate::confirm::{Suspicion, Verdict, refusal};
use crate::health::{Event, RED};
use crate::pages::{lacks_permission, needs_numbers};
use crate::tokens::{NoToken, TokenOf};
use crate::{Connections, login};

pub use crate::checked::{Checked, HEALED, Manner};

/// An answer younger than this is not asked for again.
pub const CACHED: TimeDelta = TimeDelta::minutes(5);
/// The same where Meta's limits are nearly used up: about as often as numbers are read then.
const CACHED_WHEN_SLOW: TimeDelta = TimeDelta::minutes(150);

impl Connections {
    /// Asks Meta about the token of a grant, stores what it says of scopes and expiry, and heals what
    /// can be healed. An answer of the last five minutes is used unless `force` is set.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        force: bool,
    ) -> Result<Checked, DbErr> {
        self.check_in(workspace, id, Manner { force, heals: true }).await
    }

    /// As [`Connections::check`], for a person who waits for the answer: what a renewal under way
    /// leaves open is asked once more when it has ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn check_for_person(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        force: bool,
    ) -> Result<Checked, DbErr> {
        let Some(before) = self.connection_row(&*self.database, workspace, id).await? else {
            return Ok(Checked::NoToken);
        };
        let began = self.world.now();
        let checked = self.check(workspace, id, force).await?;
        if checked == Checked::Unsure && self.outwaited_renewal(&before, began).await? {
            return self.check(workspace, id, true).await;
        }
        Ok(checked)
    }

    pub(crate) async fn check_in(
        &self,
        workspace: WorkspaceId,
        id: ConnectionId,
        manner: Manner,
    ) -> Result<Checked, DbErr> {
        let Some(grant) = self.connection_row(&*self.database, workspace, id).await? else {
            return Ok(Checked::NoToken);
        };
        let accounts = self.accounts_of(&*self.database, &grant).await?;
        let all_well = accounts.iter().all(|a| !RED.contains(&a.health) && a.held_since.is_none());
        if !manner.force && self.is_fresh(&grant, &accounts) && all_well && !grant.pages_stale {
            return Ok(Checked::Cached);
        }
        let token = match self.open_token(&*self.database, TokenOf::connection(&grant)).await {
            Ok(token) => token.token,
            Err(NoToken::Database(error)) => return Err(error),
            Err(NoToken::Missing) => return Ok(Checked::NoToken),
            Err(NoToken::Unreadable) => {
                self.mark_unreadable(&grant).await?;
                return Ok(Checked::NoToken);
            }
        };
        if let Some(until) = self.checks_paused(&grant, &accounts).await? {
            return Ok(Checked::Paused(until));
        }
        let answer = self.ask(&grant, &token).await;
        self.heed(&grant, answer.as_ref().err()).await?;
        match answer {
            Ok(Answer::Valid(debug)) => {
                self.note_valid(&grant, debug.as_deref()).await?;
                self.give_another_chance(&accounts).await?;
                if !manner.heals {
                    if let Some(debug) = &debug {
                        self.judge_scopes(&grant, &accounts, &debug.scopes, manner).await?;
                    }
                    return Ok(Checked::Valid);
                }
                // It may have been taken for dead, which lets the renewal wait.
                let turn = self.database.turn().await;
                self.make_grant_work_due(&*self.database, &grant).await?;
                drop(turn);
                if let Some(debug) = &debug {
                    self.judge_scopes(&grant, &accounts, &debug.scopes, manner).await?;
                }
                self.heal_accounts(&grant, &token, &accounts).await?;
                let healed = self.has_healed(&grant, &accounts).await?;
                Ok(if healed { Checked::Healed } else { Checked::Valid })
            }
            Ok(Answer::Refused(cause)) => {
                let suspicion = Suspicion { token_version: grant.token_version, cause };
                Ok(match self.confirm_grant(&grant, suspicion).await? {
                    Verdict::Dead => Checked::Dead,
                    Verdict::Alive => Checked::Valid,
                    Verdict::Outdated | Verdict::Unsure => Checked::Unsure,
                })
            }
            Err(error) => {
                tracing::warn!(grant = %grant.id, %error, "a grant could not be checked");
                Ok(Checked::NoAnswer)
            }
        }
    }

    /// When the check of a grant is due next: at the next slot, sooner while the brake holds what is said
    /// of its accounts, or only once a day while they need a person.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_check(&self, workspace: WorkspaceId, id: ConnectionId) -> Result<DateTime<Utc>, DbErr> {
        let now = self.world.now();
        let slot = self.next_slot(self.monitor().await?, id, now);
        let Some(grant) = self.connection_row(&*self.database, workspace, id).await? else { return Ok(slot) };
        let apart = TimeDelta::seconds(self.tuning.confirm_seconds.into());
        if let Some(at) = grant.suspected_at.map(|first| first + apart).filter(|at| *at > now) {
            return Ok(Ord::min(slot, at));
        }
        let accounts = self.accounts_of(&*self.database, &grant).await?;
        if let Some(at) = self.doubts(&accounts).await? {
            return Ok(Ord::min(slot, at));
        }
        let dead = !accounts.is_empty()
            && accounts.iter().all(|a| matches!(a.health, Health::NeedsReconnect | Health::ActionNeeded));
        Ok(if dead { slot.max(self.next_probe()) } else { slot })
    }

    /// Meta refused a call for lack of a permission: finds out whether one is really missing. Where the
    /// scopes are all granted, or cannot be asked for, a second refusal a while later decides.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn confirm_permission(&self, account: &account::Model) -> Result<(), DbErr> {
        let Some(id) = account.connection_id else { return Ok(()) };
        let checked = self.check(account.workspace_id, id, true).await?;
        let Some(grant) = self.connection_row(&*self.database, account.workspace_id, id).await? else {
            return Ok(());
        };
        // Instagram Login cannot be asked for its scopes.
        let proven = grant.provider == Provider::FacebookLogin
            && !missing_scopes(login(grant.provider), &granted_scopes(&grant.scopes)).is_empty();
        if checked.is_valid() {
            self.confirm_account_token(account, &grant, HealthReason::PermissionMissing, proven).await?;
        }
        Ok(())
    }

    /// Whether an account or the Pages of a grant were broken before a check and are not after it.
    async fn has_healed(&self, grant: &connection::Model, before: &[account::Model]) -> Result<bool, DbErr> {
        let broken: Vec<_> = before.iter().filter(|account| is_broken(account)).map(|a| a.id).collect();
        if broken.is_empty() && !grant.pages_stale {
            return Ok(false);
        }
        let current = self.connection_row(&*self.database, grant.workspace_id, grant.id).await?;
        if grant.pages_stale && current.is_some_and(|current| !current.pages_stale) {
            return Ok(true);
        }
        let accounts = self.accounts_of(&*self.database, grant).await?;
        Ok(accounts.iter().any(|account| broken.contains(&account.id) && !is_broken(account)))
    }

    /// Whether what Meta last said of a grant is young enough to be relied on. With Instagram Login an
    /// account is read with the grant's own token, so that its numbers prove the same.
    fn is_fresh(&self, grant: &connection::Model, accounts: &[account::Model]) -> bool {
        let of_accounts = accounts.iter().filter(|_| grant.provider == Provider::InstagramLogin);
        let known_since = grant.verified_at.max(of_accounts.filter_map(|account| account.verified_at).max());
        let known_since = known_since.filter(|at| grant.validation_cleared_at.is_none_or(|from| *at > from));
        let kept =
            if accounts.iter().any(|account| self.is_slow(account)) { CACHED_WHEN_SLOW } else { CACHED };
        known_since.is_some_and(|at| self.world.now() - at < kept) && grant.suspected_at.is_none()
    }

    async fn ask(&self, grant: &connection::Model, token: &Secret) -> Result<Answer, meta::Error> {
        let refused = |error: meta::Error| match error.kind() {
            ErrorKind::Reauthorise(cause) => Ok(Answer::Refused(cause)),
            _ => Err(error),
        };
        match grant.provider {
            Provider::FacebookLogin => {
                let debug = self.meta.debug_token(token).await?;
                Ok(match refusal(debug.clone())? {
                    None => Answer::Valid(Some(Box::new(debug))),
                    Some(cause) => Answer::Refused(cause),
                })
            }
            Provider::InstagramLogin => match self.meta.instagram_user(token).await {
                Ok(_) => Ok(Answer::Valid(None)),
                Err(error) => refused(error),
            },
        }
    }

    async fn note_valid(&self, grant: &connection::Model, debug: Option<&TokenDebug>) -> Result<(), DbErr> {
        let now = self.world.now();
        let mut update = connection::Entity::update_in_workspace(grant.workspace_id)
            .filter(connection::Column::Id.eq(grant.id))
            .filter(connection::Column::TokenVersion.eq(grant.token_version))
            .col_expr(connection::Column::VerifiedAt, Expr::value(now))
            .col_expr(connection::Column::SuspectedAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(connection::Column::UpdatedAt, Expr::value(now));
        if let Some(debug) = debug {
            update = update
                .col_expr(connection::Column::Scopes, Expr::value(json!(debug.scopes)))
                .col_expr(connection::Column::DataAccessExpiresAt, Expr::value(debug.data_access_expires_at));
            let expires_at = match debug.expires_at {
                Expiry::At(at) => Some(Some(at)),
                Expiry::Never => Some(None),
                Expiry::Unknown => None,
            };
            if let Some(expires_at) = expires_at {
                update = update
                    .col_expr(connection::Column::TokenExpiresAt, Expr::value(expires_at))
                    .col_expr(connection::Column::TokenNeverExpires, Expr::value(expires_at.is_none()));
            }
        }
        let _turn = self.database.turn().await;
        update.exec(&*self.database).await?;
        Ok(())
    }

    /// A token can be valid and lack a permission that reading needs: Meta says so outright, without
    /// any call having failed. When all are back, what waited for them is tried at once.
    async fn judge_scopes(
        &self,
        grant: &connection::Model,
        accounts: &[account::Model],
        granted: &[String],
        manner: Manner,
    ) -> Result<(), DbErr> {
        let login = login(grant.provider);
        // Of an answer that names no permission at all nothing can be concluded.
        if granted.is_empty() {
            return Ok(());
        }
        if missing_scopes(login, granted).is_empty() {
            if !manner.heals {
                return Ok(());
            }
            let were_missing = !missing_scopes(login, &granted_scopes(&grant.scopes)).is_empty();
            let _turn = self.database.turn().await;
            for account in accounts.iter().filter(|account| were_missing && lacks_permission(account)) {
                self.resume(&*self.database, account).await?;
            }
            return Ok(());
        }
        let transaction = self.database.begin().await?;
        let current = self.locked_connection(&*transaction, grant.workspace_id, grant.id).await?;
        if current.is_none_or(|current| current.token_version != grant.token_version) {
            return Ok(());
        }
        let well: Vec<_> = self
            .accounts_of(&*transaction, grant)
            .await?
            .into_iter()
            .filter(|account| !RED.contains(&account.health))
            .collect();
        self.break_accounts(&*transaction, grant, &well, HealthReason::PermissionMissing).await?;
        transaction.commit().await
    }

    /// The grant works: accounts that are not well are tried with it.
    async fn heal_accounts(
        &self,
        grant: &connection::Model,
        token: &Secret,
        accounts: &[account::Model],
    ) -> Result<(), DbErr> {
        self.probe_numbers(grant, accounts).await?;
        let accounts: Vec<_> = accounts.iter().filter(|account| !needs_numbers(account)).collect();
        let unwell: Vec<_> = accounts
            .into_iter()
            // What Meta throttles gets well by being read when its pause is over, not by being asked
            // more. What the brake holds is well only by name.
            .filter(|a| {
                let settled = matches!(a.health, Health::Healthy | Health::Throttled | Health::Disconnected);
                !settled || a.held_since.is_some()
            })
            .collect();
        if unwell.is_empty() && !grant.pages_stale {
            return Ok(());
        }
        match grant.provider {
            Provider::FacebookLogin => {
                if let Err(error) = self.renew_page_tokens(grant, token).await {
                    tracing::warn!(grant = %grant.id, %error, "Page tokens could not be renewed");
                }
            }
            Provider::InstagramLogin => {
                for account in unwell {
                    if self.meta.account(login(grant.provider), token, &account.instagram_id).await.is_ok() {
                        let transaction = self.database.begin().await?;
                        self.apply(
                            &*transaction,
                            grant.workspace_id,
                            std::slice::from_ref(account),
                            Event::Proven,
                        )
                        .await?;
                        transaction.commit().await?;
                    }
                }
            }
        }
        Ok(())
    }
}

impl Connections {
    /// Accounts that only their numbers prove well are collected once a day all the same.
    async fn probe_numbers(
        &self,
        grant: &connection::Model,
        accounts: &[account::Model],
    ) -> Result<(), DbErr> {
        for account in accounts.iter().filter(|account| needs_numbers(account)) {
            let work = Work {
                workspace_id: grant.workspace_id,
                kind: JobKind::CollectInsights,
                subject_id: account.id.0,
                due_at: self.next_probe(),
                trigger: Trigger::Scheduled,
            };
            queue::make_due(&*self.database, &self.world, work).await?;
        }
        Ok(())
    }

    /// Whether only its owner can bring a grant back: all its accounts need a reconnect.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_dead(&self, grant: &connection::Model) -> Result<bool, DbErr> {
        let accounts = self.accounts_of(&*self.database, grant).await?;
        Ok(!accounts.is_empty() && accounts.iter().all(|account| account.health == Health::NeedsReconnect))
    }
}

fn is_broken(account: &account::Model) -> bool {
    RED.contains(&account.health) || account.health == Health::PagesStale || account.held_since.is_some()
}

enum Answer {
    Valid(Option<Box<TokenDebug>>),
    Refused(Cause),
}
