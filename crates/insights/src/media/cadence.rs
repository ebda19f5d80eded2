//! How often media are read, and the life of a story.
//!
//! | age | read |
//! |---|---|
//! | under 1 day | at every run, and a story once more half an hour before its end |
//! | under 7 days | every 12 hours |
//! | under 30 days | every day |
//! | under 2 years | every week |
//! | older | never: Meta keeps the numbers of media for two years |

use chrono::{DateTime, TimeDelta, Utc};
use entity::media::{self, MediaKind};

/// How often media of an age are read.
struct Pace {
    younger_than: TimeDelta,
    every: TimeDelta,
}

/// The table above.
const PACES: [Pace; 4] = [
    Pace { younger_than: TimeDelta::days(1), every: TimeDelta::zero() },
    Pace { younger_than: TimeDelta::days(7), every: TimeDelta::hours(12) },
    Pace { younger_than: TimeDelta::days(30), every: TimeDelta::hours(24) },
    Pace { younger_than: KEPT_FOR, every: TimeDelta::days(7) },
];

/// For how long Meta keeps the numbers of a media
/// (`/docs/instagram-platform/reference/instagram-media/insights`).
pub const KEPT_FOR: TimeDelta = TimeDelta::days(730);
/// Runs do not begin to the second: what is due a little later than a run is read by it.
const SLACK: TimeDelta = TimeDelta::hours(1);

/// How often a media that is gone is asked for again: Meta answers the same for what may not be seen for
/// a while.
const GONE_AGAIN: TimeDelta = TimeDelta::days(7);
/// For how long it is asked for again.
const GONE_FOR: TimeDelta = TimeDelta::days(30);

/// How long a story is up.
pub const STORY_LIFE: TimeDelta = TimeDelta::hours(24);
/// What is read of a story in the last so much of its life, or later, is its last word.
pub const CAPTURE_WINDOW: TimeDelta = TimeDelta::hours(1);
/// So long before its end a story is read once more; what fails then can be tried again before the end.
const BEFORE_END: TimeDelta = TimeDelta::minutes(30);
/// How soon it is tried again.
const TRY_AGAIN_AFTER: TimeDelta = TimeDelta::minutes(5);
/// For so long after its end Meta may still answer what is asked about a story; no page promises it.
pub const AFTERLIFE: TimeDelta = TimeDelta::hours(24);

/// How a story fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoryState {
    /// It is up, and its last figures are still to be read.
    Live,
    /// It has ended a while ago, and its last figures are still tried for.
    Pending,
    /// Its last figures are there.
    Captured,
    /// It ended before its last figures were read.
    Missed,
    /// Its owner took it down.
    Removed,
}

/// From when on a media that was read at `read_at` is to be read again; none when it never is.
#[must_use]
pub fn next_reading(media: &media::Model, read_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    if media.kind == MediaKind::Story {
        return (!is_last_word(media.posted_at, read_at)).then_some(read_at);
    }
    let age = read_at - media.posted_at;
    let pace = PACES.iter().find(|pace| age < pace.younger_than)?;
    Some(read_at + (pace.every - SLACK).max(TimeDelta::zero()))
}

/// From when on a media is to be asked for again that Meta said at `gone_at` does not exist, and says so
/// still at `at`; none when that is believed.
#[must_use]
pub fn next_after_gone(kind: MediaKind, gone_at: DateTime<Utc>, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (kind != MediaKind::Story && at < gone_at + GONE_FOR).then_some(at + GONE_AGAIN)
}

/// Whether what was read at `read_at` of a story is its last word.
#[must_use]
pub fn is_last_word(posted_at: DateTime<Utc>, read_at: DateTime<Utc>) -> bool {
    read_at >= posted_at + STORY_LIFE - CAPTURE_WINDOW
}

/// When the last figures of a story are to be read that nobody has read by `now`; none when it is too
/// late.
#[must_use]
pub fn last_reading(posted_at: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let wanted = (posted_at + STORY_LIFE - BEFORE_END).max(now + TRY_AGAIN_AFTER);
    (wanted < posted_at + STORY_LIFE + AFTERLIFE).then_some(wanted)
}

/// How a story fares at `now`; none for anything else.
#[must_use]
pub fn story_state(media: &media::Model, now: DateTime<Utc>) -> Option<StoryState> {
    if media.kind != MediaKind::Story {
        return None;
    }
    let end = media.posted_at + STORY_LIFE;
    Some(match (media.captured_at, media.gone_at) {
        (Some(_), _) => StoryState::Captured,
        (None, Some(gone_at)) if gone_at < end => StoryState::Removed,
        (None, Some(_)) => StoryState::Missed,
        (None, None) if now < end => StoryState::Live,
        (None, None) if now < end + AFTERLIFE => StoryState::Pending,
        (None, None) => StoryState::Missed,
    })
}

#[cfg(test)]
mod tests {
    use entity::{AccountId, MediaId, WorkspaceId};
    use uuid::Uuid;

    use super::*;

    fn media(kind: MediaKind) -> media::Model {
        let posted_at = "2026-11-20T10:00:00Z".parse().unwrap();
        media::Model {
            id: MediaId(Uuid::nil()),
            workspace_id: WorkspaceId(Uuid::nil()),
            account_id: AccountId(Uuid::nil()),
            meta_id: "17".to_owned(),
            kind,
            format: None,
            caption: None,
            permalink: None,
            likes_hidden: false,
            posted_at,
            seen_at: posted_at,
            read_at: None,
            read_due_at: None,
            captured_at: None,
            gone_at: None,
        }
    }

    fn after(media: &media::Model, time: TimeDelta) -> Option<TimeDelta> {
        let read_at = media.posted_at + time;
        next_reading(media, read_at).map(|next| next - read_at)
    }

    #[test]
    fn the_younger_a_media_the_oftener_it_is_read() {
        let post = media(MediaKind::Feed);
        for (age, hours) in [(0, 0), (23, 0), (24, 11), (6 * 24, 11), (7 * 24, 23), (29 * 24, 23), (720, 167)]
        {
            let expected = TimeDelta::hours(hours);
            assert_eq!(after(&post, TimeDelta::hours(age)), Some(expected), "{age} hours old");
        }
        assert_eq!(after(&post, KEPT_FOR), None);
    }

    #[test]
    fn a_story_is_read_at_every_run_until_its_last_word() {
        let story = media(MediaKind::Story);
        assert_eq!(after(&story, TimeDelta::hours(2)), Some(TimeDelta::zero()));
        assert_eq!(after(&story, TimeDelta::minutes(23 * 60 - 1)), Some(TimeDelta::zero()));
        assert_eq!(after(&story, TimeDelta::hours(23)), None);
        assert_eq!(after(&story, TimeDelta::hours(30)), None);
    }

    #[test]
    fn the_last_figures_are_wanted_half_an_hour_before_the_end_and_tried_for_afterwards() {
        let posted_at = media(MediaKind::Story).posted_at;
        let at = |minutes: i64| {
            let now = posted_at + TimeDelta::minutes(minutes);
            last_reading(posted_at, now).map(|at| (at - posted_at).num_minutes())
        };
        assert_eq!(at(0), Some(1_410));
        assert_eq!(at(1_405), Some(1_410));
        assert_eq!(at(1_420), Some(1_425), "it could not be read at its time");
        assert_eq!(at(2_000), Some(2_005));
        assert_eq!(at(2 * 1_440), None);
    }

    #[test]
    fn a_story_is_captured_or_missed_or_taken_down() {
        let mut story = media(MediaKind::Story);
        let state =
            |story: &media::Model, hours| story_state(story, story.posted_at + TimeDelta::hours(hours));
        assert_eq!(state(&media(MediaKind::Reels), 1), None);
        assert_eq!(state(&story, 23), Some(StoryState::Live));
        assert_eq!(state(&story, 24), Some(StoryState::Pending));
        assert_eq!(state(&story, 48), Some(StoryState::Missed));
        story.gone_at = Some(story.posted_at + TimeDelta::hours(3));
        assert_eq!(state(&story, 5), Some(StoryState::Removed));
        story.gone_at = Some(story.posted_at + TimeDelta::hours(25));
        assert_eq!(state(&story, 26), Some(StoryState::Missed));
        story.captured_at = Some(story.posted_at + TimeDelta::minutes(1_410));
        assert_eq!(state(&story, 26), Some(StoryState::Captured));
    }
}
