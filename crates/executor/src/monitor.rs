//! Claiming checks: as many at once as operators have set.

use entity::job::JobKind;
use jobs::claim::Claim;
use sea_orm::DbErr;

use crate::Executor;

impl Executor {
    /// Claims due checks for a process that does `running` of them already and has room for `free`
    /// more pieces of work: at most as many as the batch size leaves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn claim_checks(&self, running: u64, free: u64) -> Result<Vec<Claim>, DbErr> {
        let batch_size = u64::from(self.connections.monitor().await?.batch_size);
        let limit = batch_size.saturating_sub(running).min(free);
        if limit == 0 {
            return Ok(Vec::new());
        }
        let claims = self.claim(&[JobKind::CheckToken], limit).await?;
        self.connections.note_sweep(!claims.is_empty()).await?;
        Ok(claims)
    }
}
