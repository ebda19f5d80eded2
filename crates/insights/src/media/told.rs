//! What Meta tells about stories that have ended: the webhook `story_insights`, with Facebook Login only
//! (`/docs/instagram-platform/webhooks`). It repeats, comes in any order, and may tell of stories that
//! nobody has seen.

use std::collections::BTreeMap;

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use entity::account::Provider;
use entity::media::{self, MediaKind};
use entity::media_insight::FigureState;
use entity::{InWorkspace, MediaId, account};
use meta::webhook::{StoryFigures, Update, story_figures};
use sea_orm::QuerySelect as _;
use sea_orm::prelude::*;

use super::cadence::STORY_LIFE;
use super::{Extent, Figure, Haul, Reading, store};
use crate::Insights;
use crate::catalogue::media::all;
use crate::collect::count;

impl Insights {
    /// Writes down the last figures of stories among `updates`, for every account that is read through
    /// Facebook Login. Seeing an update again changes nothing. Gives how many were about such an account.
    ///
    /// # Errors
    /// When the database fails; then they are to be sent again.
    pub async fn take_story_updates(&self, updates: &[Update]) -> Result<u64, DbErr> {
        let mut by_account: BTreeMap<&str, Vec<(DateTime<Utc>, StoryFigures)>> = BTreeMap::new();
        let now = self.world.now();
        for update in updates {
            if let Some(figures) = story_figures(update) {
                let at = update.at.unwrap_or(now).min(now);
                by_account.entry(&update.instagram_id).or_default().push((at, figures));
            }
        }
        if by_account.is_empty() {
            return Ok(0);
        }
        // Meta knows no workspaces: the same account may be in several.
        let accounts = account::Entity::across_workspaces()
            .filter(account::Column::InstagramId.is_in(by_account.keys().copied()))
            .filter(account::Column::Provider.eq(Provider::FacebookLogin))
            .filter(account::Column::ConnectionId.is_not_null())
            .all(&*self.database)
            .await?;
        let mut taken = 0;
        for account in accounts {
            if let Some(told) = by_account.get(account.instagram_id.as_str()) {
                self.take_told(&account, told).await?;
                taken += told.len() as u64;
            }
        }
        Ok(taken)
    }

    async fn take_told(
        &self,
        account: &account::Model,
        told: &[(DateTime<Utc>, StoryFigures)],
    ) -> Result<(), DbErr> {
        let transaction = self.database.begin().await?;
        let current = account::Entity::in_workspace(account.workspace_id)
            .filter(account::Column::Id.eq(account.id))
            .filter(account::Column::ConnectionId.is_not_null())
            .lock_exclusive()
            .one(&*transaction)
            .await?;
        if current.is_none() {
            return Ok(());
        }
        let known = media::Entity::in_workspace(account.workspace_id)
            .filter(media::Column::AccountId.eq(account.id))
            .filter(media::Column::MetaId.is_in(told.iter().map(|(_, story)| &story.media_id)))
            .all(&*transaction)
            .await?;
        let mut haul = Haul::default();
        for (at, story) in told {
            match known.iter().find(|row| row.meta_id == story.media_id) {
                // Whatever is not a story has no last figures.
                Some(row) if row.kind != MediaKind::Story => continue,
                Some(_) => {}
                None => haul.listed.push(self.unseen(account, story, *at)),
            }
            haul.readings.push(Reading {
                meta_id: story.media_id.clone(),
                at: *at,
                figures: figures(story),
                extent: Extent::Whole,
            });
        }
        store::store(&*transaction, account, &haul, self.world.now()).await?;
        transaction.commit().await
    }

    /// A story that came and went without being listed. When it was published is not told: a day before
    /// its last figures were.
    fn unseen(&self, account: &account::Model, story: &StoryFigures, at: DateTime<Utc>) -> media::Model {
        let posted_at = at - STORY_LIFE;
        media::Model {
            id: MediaId(self.world.new_id()),
            workspace_id: account.workspace_id,
            account_id: account.id,
            meta_id: story.media_id.clone(),
            kind: MediaKind::Story,
            format: None,
            caption: None,
            permalink: None,
            likes_hidden: false,
            posted_at: posted_at.duration_trunc(TimeDelta::seconds(1)).unwrap_or(posted_at),
            seen_at: self.world.now(),
            read_at: None,
            read_due_at: None,
            captured_at: None,
            gone_at: None,
        }
    }
}

/// The figures of a story that the catalogue knows.
fn figures(story: &StoryFigures) -> Vec<Figure> {
    let told = |name: &str| story.figures.iter().find(|(own, _)| own == name).map(|(_, figure)| *figure);
    all()
        .filter_map(|spec| match told(spec.webhook?)? {
            Some(figure) => Some(Figure::known(spec.metric, count(figure)?)),
            None => Some(Figure::missing(spec.metric, FigureState::BelowThreshold)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::media::MediaMetric;

    #[test]
    fn figures_get_their_names_from_the_catalogue() {
        let told = [("reach", Some(131)), ("exits", None), ("impressions", Some(200)), ("replies", Some(-7))];
        let story = StoryFigures {
            media_id: "17".to_owned(),
            figures: told.map(|(name, figure)| (name.to_owned(), figure)).to_vec(),
        };
        assert_eq!(
            figures(&story),
            [
                Figure::known(MediaMetric::Reach, 131),
                Figure::missing(MediaMetric::Exits, FigureState::BelowThreshold)
            ]
        );
    }
}
