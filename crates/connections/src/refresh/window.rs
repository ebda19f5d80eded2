//! When the token of a grant is renewed.

use chrono::{DateTime, TimeDelta, Utc};
use entity::connection::{self, Provider};
use entity::job::JobKind;

use super::Skip;
use crate::Connections;

/// Instagram refuses to renew a token that is younger than a day
/// (`/docs/instagram-platform/reference/refresh_access_token`); a few minutes more, for clocks.
pub const INSTAGRAM_MINIMUM_AGE: TimeDelta = TimeDelta::minutes(24 * 60 + 10);
/// A token that expired no longer ago than this gets one attempt all the same: clocks differ.
pub const JUST_EXPIRED: TimeDelta = TimeDelta::hours(24);
/// Renewals that come later than this have not only waited for their turn: something held up others, too.
const LATE: TimeDelta = TimeDelta::hours(24);
/// By so much a renewal comes sooner at most because the last one was late: enough for ten days without a
/// worker.
const MOST_SOONER: TimeDelta = TimeDelta::days(10);

/// No token is renewed sooner than this before its end for having been late: of sixty days some have to be
/// used.
const LONGEST_WINDOW: TimeDelta = TimeDelta::days(30);

impl Connections {
    /// Whether the token of `grant` is to be renewed now, and if not, why.
    #[must_use]
    pub fn refresh_due(&self, grant: &connection::Model, now: DateTime<Utc>) -> Option<Skip> {
        let young =
            grant.provider == Provider::InstagramLogin && now - grant.token_issued_at < INSTAGRAM_MINIMUM_AGE;
        match grant.token_expires_at {
            _ if grant.token_never_expires => Some(Skip::NeverExpires),
            // Of what Meta has proven since to be alive only our idea of its end is wrong.
            Some(at) if at <= now - JUST_EXPIRED && grant.verified_at.is_none_or(|proof| proof <= at) => {
                Some(Skip::ExpiredLongAgo)
            }
            _ if young => Some(Skip::TooYoung),
            Some(at) if at - now > self.window_of(grant) && grant.verified_at.is_some() => Some(Skip::NotDue),
            _ => None,
        }
    }

    /// When the refresh of `grant` is to be looked at next: at the first slot after its window
    /// opens, a part of a day later for each grant, so that those made together do not come together.
    #[must_use]
    pub fn next_refresh(&self, grant: &connection::Model, now: DateTime<Utc>) -> DateTime<Utc> {
        let opens = self.comes_at(grant).unwrap_or(now);
        // What was tried a moment ago without a new expiry is tried again the next day.
        let tried = grant.refreshed_at.map_or(now, |at| at + TimeDelta::hours(20));
        let from = Ord::max(Ord::max(opens, now), tried);
        self.schedule.next(JobKind::RefreshToken, grant.id.0, from).unwrap_or(from)
    }

    /// By how much sooner than others the next renewal of `grant` is to come, when this one began at `at`.
    ///
    /// What had to wait for a worker or for Meta is renewed as soon as it can be, all at once; with windows
    /// alone it would come as the same crowd each time from then on. Whoever was late comes as much sooner
    /// the next time, and so keeps the place in the year that it had.
    pub(crate) fn renew_sooner(&self, grant: &connection::Model, at: DateTime<Utc>) -> TimeDelta {
        let late = self.comes_at(grant).map_or(TimeDelta::zero(), |planned| at - planned);
        if late > LATE { late.min(MOST_SOONER) } else { TimeDelta::zero() }
    }

    /// `grant` as it is after a renewal that began at `started_at` and moved the end of its token.
    #[must_use]
    pub fn renewed(
        &self,
        grant: connection::Model,
        started_at: DateTime<Utc>,
        expires_at: Option<DateTime<Utc>>,
        finished_at: Option<DateTime<Utc>>,
    ) -> connection::Model {
        let renew_sooner_seconds = self.renew_sooner(&grant, started_at).num_seconds();
        connection::Model {
            token_expires_at: expires_at,
            refreshed_at: finished_at,
            renew_sooner_seconds,
            ..grant
        }
    }

    /// How long before the end of its token `grant` may be renewed.
    fn window_of(&self, grant: &connection::Model) -> TimeDelta {
        let window = self.refresh_window();
        let sooner = window + TimeDelta::seconds(grant.renew_sooner_seconds);
        window.max(sooner.min(LONGEST_WINDOW))
    }

    /// When the window of `grant` opens for the schedule: a part of a day later than it could, so that those
    /// that were connected together do not come together.
    fn comes_at(&self, grant: &connection::Model) -> Option<DateTime<Utc>> {
        let spread = i64::try_from(grant.id.0.as_u128() % 86_400).unwrap_or_default();
        Some(grant.token_expires_at? - self.window_of(grant) + TimeDelta::seconds(spread))
    }
}
