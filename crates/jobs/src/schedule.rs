//! When each kind of work is due next, from the cron lines.

use chrono::{DateTime, DurationRound as _, TimeDelta, Utc};
use croner::Cron;
use croner::parser::{CronParser, Seconds};
use entity::job::JobKind;
use uuid::Uuid;

/// The parsed cron lines.
#[derive(Clone, Debug)]
pub struct Schedule {
    refresh_tokens: Cron,
    check_tokens: Cron,
    collect_insights: Cron,
    collect_audience: Cron,
    collect_media: Cron,
    spread: TimeDelta,
}

/// A cron line that cannot be understood.
#[derive(Debug, thiserror::Error)]
#[error("{variable} is not a cron line: {reason}")]
pub struct BadLine {
    variable: &'static str,
    reason: String,
}

impl Schedule {
    /// Parses the lines of `config`.
    ///
    /// # Errors
    /// The first line that cannot be understood, by the name of its variable.
    pub fn new(config: &platform::config::Schedule) -> Result<Self, BadLine> {
        Ok(Self {
            refresh_tokens: parse("CRON_REFRESH_TOKENS", &config.refresh_tokens)?,
            check_tokens: parse("CRON_CHECK_TOKENS", &config.check_tokens)?,
            collect_insights: parse("CRON_COLLECT_INSIGHTS", &config.collect_insights)?,
            collect_audience: parse("CRON_COLLECT_AUDIENCE", &config.collect_audience)?,
            collect_media: parse("CRON_COLLECT_MEDIA", &config.collect_media)?,
            spread: TimeDelta::seconds(config.spread_seconds.into()),
        })
    }

    /// When work of `kind` on `subject` is due next, later than `now`: the next slot of the line,
    /// plus a part of the spread that is always the same for this subject, so that the accounts of
    /// a slot do not start in one second; for renewing, of the whole time until the slot after it.
    /// `None` for kinds that have no line.
    #[must_use]
    pub fn next(&self, kind: JobKind, subject: Uuid, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let line = self.line(kind)?;
        // The slot is searched from where the subject stands in the spread, so that one which runs
        // late in its slot does not miss the next.
        let offset = self.offset(kind, line, subject, now);
        let from = (now - offset).duration_trunc(TimeDelta::seconds(1)).ok()?;
        Some(line.find_next_occurrence(&from, false).ok()? + offset)
    }

    /// When work on `subject` that is done every `interval` is due next, later than `now`. Each subject
    /// keeps its place in the spread here, too.
    #[must_use]
    pub fn every(&self, interval: TimeDelta, subject: Uuid, now: DateTime<Utc>) -> DateTime<Utc> {
        let offset = place(subject, self.spread.min(interval / 2));
        let slot = (now - offset).duration_trunc(interval).unwrap_or(now);
        slot + interval + offset
    }

    /// Over how long the work of a slot is spread at most.
    #[must_use]
    pub fn spread(&self) -> TimeDelta {
        self.spread
    }

    fn offset(&self, kind: JobKind, line: &Cron, subject: Uuid, now: DateTime<Utc>) -> TimeDelta {
        let mut slots = line.iter_after(now);
        let gap = match (slots.next(), slots.next()) {
            (Some(first), Some(second)) => second - first,
            _ => self.spread,
        };
        let range = match kind {
            // Nothing hangs on the minute in which a token is renewed: renewals are spread evenly, so
            // that tokens of one day never come as a crowd.
            JobKind::RefreshToken if self.spread > TimeDelta::zero() => gap,
            // Lines that fire often are spread over half of the time between two slots at most.
            _ => self.spread.min(gap / 2),
        };
        place(subject, range)
    }

    fn line(&self, kind: JobKind) -> Option<&Cron> {
        match kind {
            JobKind::RefreshToken => Some(&self.refresh_tokens),
            JobKind::CheckToken => Some(&self.check_tokens),
            JobKind::CollectInsights => Some(&self.collect_insights),
            JobKind::CollectAudience => Some(&self.collect_audience),
            JobKind::CollectMedia => Some(&self.collect_media),
            JobKind::BackfillInsights | JobKind::SendMail | JobKind::FollowUp | JobKind::Deliver => None,
        }
    }
}

/// A part of `range` that is always the same for this subject.
fn place(subject: Uuid, range: TimeDelta) -> TimeDelta {
    let range = range.num_milliseconds().max(1);
    let place = i64::try_from(subject.as_u128() % 1_000_003).unwrap_or_default();
    TimeDelta::milliseconds(place * range / 1_000_003)
}

fn parse(variable: &'static str, line: &str) -> Result<Cron, BadLine> {
    CronParser::builder()
        .seconds(Seconds::Required)
        .build()
        .parse(line)
        .map_err(|error| BadLine { variable, reason: error.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schedule(insights: &str, spread_seconds: u32) -> Result<Schedule, BadLine> {
        Schedule::new(&platform::config::Schedule {
            refresh_tokens: "0 0 */6 * * *".to_owned(),
            check_tokens: "0 */30 * * * *".to_owned(),
            collect_insights: insights.to_owned(),
            collect_audience: "0 0 3 * * *".to_owned(),
            collect_media: "0 30 */4 * * *".to_owned(),
            housekeeping: "0 40 * * * *".to_owned(),
            spread_seconds,
        })
    }

    #[test]
    fn each_subject_keeps_its_place_in_every_slot() {
        let schedule = schedule("0 15 * * * *", 300).unwrap();
        let subject = Uuid::from_u128(500_000);
        let mut due: DateTime<Utc> = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut minutes = Vec::new();
        for _ in 0..3 {
            due = schedule.next(JobKind::CollectInsights, subject, due).unwrap();
            minutes.push(due.format("%H:%M:%S").to_string());
        }
        assert_eq!(minutes, ["10:17:29", "11:17:29", "12:17:29"]);
    }

    #[test]
    fn renewals_are_spread_over_the_whole_time_between_slots() {
        let schedule = schedule("0 15 * * * *", 300).unwrap();
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        let mut per_hour = [0; 6];
        for subject in 0..6_000_u128 {
            let subject = Uuid::from_u128(subject.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835));
            let due = schedule.next(JobKind::RefreshToken, subject, now).unwrap();
            let after = (due - now).num_minutes();
            assert!((0..=6 * 60).contains(&after), "{due}");
            per_hour[usize::try_from(after / 60).unwrap().min(5)] += 1;
        }
        assert!(per_hour.iter().all(|count| (850..1_150).contains(count)), "{per_hour:?}");
    }

    #[test]
    fn a_frequent_line_is_spread_over_half_its_gap_at_most() {
        let schedule = schedule("*/2 * * * * *", 300).unwrap();
        let now = "2026-11-20T10:00:00Z".parse().unwrap();
        for subject in [0, 1_000_002, 77] {
            let due = schedule.next(JobKind::CollectInsights, Uuid::from_u128(subject), now).unwrap();
            assert!(due > now && due - now <= TimeDelta::seconds(3), "{due}");
        }
    }

    #[test]
    fn an_interval_has_its_own_slots_and_keeps_places() {
        let schedule = schedule("0 15 * * * *", 300).unwrap();
        let mut now: DateTime<Utc> = "2026-11-20T10:07:00Z".parse().unwrap();
        let mut times = Vec::new();
        for _ in 0..3 {
            now = schedule.every(TimeDelta::minutes(20), Uuid::from_u128(500_000), now);
            times.push(now.format("%H:%M:%S").to_string());
        }
        assert_eq!(times, ["10:22:29", "10:42:29", "11:02:29"]);
        for subject in [0, 1_000_002, 77] {
            let at = schedule.every(TimeDelta::minutes(5), Uuid::from_u128(subject), now);
            assert!(at > now && at - now <= TimeDelta::minutes(5), "{at}");
        }
    }

    #[test]
    fn a_bad_line_is_named() {
        let error = schedule("0 99 * * * *", 300).unwrap_err();
        assert!(error.to_string().starts_with("CRON_COLLECT_INSIGHTS is not a cron line"), "{error}");
    }
}
