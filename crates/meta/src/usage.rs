//! How much of Meta's call limits is used up, as its answers report in headers
//! (`/docs/graph-api/overview/rate-limiting`).
//!
//! The headers are not on every answer, their names come in any case, and their numbers are
//! percentages. What cannot be read counts as not sent.

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::body;
use crate::error::ThrottleScope;
use crate::provider::Provider;

/// Entries of one header that are looked at; Meta documents up to 32 objects in one header.
const MAX_ENTRIES: usize = 64;

/// The longest pause that is believed: business-use-case limits roll over 24 hours.
const MAX_PAUSE: TimeDelta = TimeDelta::hours(24);

/// Receives the usage of every answer, errors included.
pub trait UsageSink: Send + Sync {
    /// Called once for each answer, before its body is read. Must not block.
    fn observe(&self, report: UsageReport);
}

/// Drops every report.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoUsageSink;

impl UsageSink for NoUsageSink {
    fn observe(&self, _report: UsageReport) {}
}

/// Percentages of a limit; 100 and above means that calls are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Share of the calls.
    pub call_count: u32,
    /// Share of the processing time.
    pub total_time: u32,
    /// Share of the processor time.
    pub total_cputime: u32,
}

impl Usage {
    /// The larger of each: where two headers say different things, the worse counts.
    fn or_more(self, other: Self) -> Self {
        Self {
            call_count: self.call_count.max(other.call_count),
            total_time: self.total_time.max(other.total_time),
            total_cputime: self.total_cputime.max(other.total_cputime),
        }
    }

    /// The largest of the three, which is the one that counts.
    #[must_use]
    pub fn highest(&self) -> u32 {
        self.call_count.max(self.total_time).max(self.total_cputime)
    }
}

/// One object's use of one business-use-case limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessUsage {
    /// The business or object, for Instagram the professional account's id.
    pub id: String,
    /// The kind of limit, such as `instagram`, `pages` or `messenger`.
    pub kind: String,
    /// The percentages.
    pub usage: Usage,
    /// How long calls stay refused; absent when they are not. Meta counts in whole minutes.
    pub regain_access_in: Option<TimeDelta>,
}

/// What one answer said about the limits. It is made for answers without usage headers too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageReport {
    /// The login whose app made the call.
    pub provider: Provider,
    /// The Instagram account that the call was about, if it was about one.
    pub account: Option<String>,
    /// When the answer came.
    pub at: DateTime<Utc>,
    /// `Date`: when Meta sent it, by Meta's clock, in whole seconds (RFC 9110, section 6.6.1).
    pub sent_at: Option<DateTime<Utc>>,
    /// The HTTP status of the answer.
    pub http_status: u16,
    /// `X-App-Usage`: the whole app.
    pub app: Option<Usage>,
    /// `X-Page-Usage`: the Page of the token. Legacy, still sent at times.
    pub page: Option<Usage>,
    /// `X-Business-Use-Case-Usage`: objects and their limits.
    pub business: Vec<BusinessUsage>,
}

impl UsageReport {
    pub(crate) fn read(
        provider: Provider,
        account: Option<&str>,
        at: DateTime<Utc>,
        http_status: u16,
        headers: &HeaderMap,
    ) -> Self {
        Self {
            provider,
            account: account.map(str::to_owned),
            at,
            sent_at: sent_at(headers),
            http_status,
            app: header(headers, "x-app-usage").filter_map(|json| usage(&json)).reduce(Usage::or_more),
            page: header(headers, "x-page-usage").filter_map(|json| usage(&json)).reduce(Usage::or_more),
            business: header(headers, "x-business-use-case-usage")
                .flat_map(|json| business(&json))
                .take(MAX_ENTRIES)
                .collect(),
        }
    }

    /// When calls of `scope` are allowed again, if this answer says so. What is said of the account
    /// that was asked about goes before what is said of others; other kinds of limits say nothing.
    pub(crate) fn regain(&self, scope: ThrottleScope) -> Option<DateTime<Utc>> {
        let kind = match scope {
            // The app's own limit rolls over an hour and comes without an estimate.
            ThrottleScope::App => return None,
            ThrottleScope::User | ThrottleScope::Page => "pages",
            ThrottleScope::Account => "instagram",
            ThrottleScope::Messaging => "messenger",
        };
        let fits = |entry: &&BusinessUsage| entry.kind == kind || entry.kind.is_empty();
        let own = self.business.iter().filter(|entry| self.account.as_ref() == Some(&entry.id)).find(fits);
        match own {
            Some(own) => own.regain_access_in,
            None => self.business.iter().filter(fits).filter_map(|entry| entry.regain_access_in).max(),
        }
        .map(|pause| self.at + pause)
    }
}

pub(crate) fn sent_at(headers: &HeaderMap) -> Option<DateTime<Utc>> {
    let date = headers.get("date")?.to_str().ok()?;
    DateTime::parse_from_rfc2822(date).ok().map(|date| date.to_utc())
}

/// `Retry-After` in seconds. Meta documents none, but a proxy in between may send it.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<TimeDelta> {
    let seconds: i64 = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    (seconds > 0).then(|| TimeDelta::try_seconds(seconds).map_or(MAX_PAUSE, |pause| pause.min(MAX_PAUSE)))
}

/// The values of a header, which may come several times.
fn header<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = Value> + 'a {
    headers.get_all(name).iter().filter_map(|value| body::parse(value.as_bytes()))
}

fn usage(json: &Value) -> Option<Usage> {
    json.is_object().then(|| Usage {
        call_count: percent(json, "call_count"),
        total_time: percent(json, "total_time"),
        total_cputime: percent(json, "total_cputime"),
    })
}

/// A percentage, rounded up, so that a limit is never taken for emptier than it is.
fn percent(json: &Value, key: &str) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    number(json, key).map_or(0, |number| number.ceil() as u32)
}

/// A number, also when it is text with a percent sign.
fn number(json: &Value, key: &str) -> Option<f64> {
    match json.get(key)? {
        Value::String(text) => text.trim().trim_end_matches('%').trim_end().parse().ok(),
        other => body::number(other),
    }
}

fn business(json: &Value) -> Vec<BusinessUsage> {
    let Some(objects) = json.as_object() else { return Vec::new() };
    objects
        .iter()
        .flat_map(|(id, entries)| {
            let entries = entries.as_array().map_or(std::slice::from_ref(entries), Vec::as_slice);
            entries.iter().map(move |entry| (id, entry))
        })
        .filter_map(|(id, entry)| {
            Some(BusinessUsage {
                id: id.clone(),
                kind: body::text(entry, "type").unwrap_or_default(),
                usage: usage(entry)?,
                regain_access_in: pause(entry),
            })
        })
        .collect()
}

/// The pause that an entry names, rounded up to a minute.
fn pause(entry: &Value) -> Option<TimeDelta> {
    let minutes = number(entry, "estimated_time_to_regain_access").filter(|minutes| *minutes > 0.0)?;
    #[expect(clippy::cast_possible_truncation, reason = "the cast saturates")]
    let pause = TimeDelta::try_minutes(minutes.ceil() as i64);
    Some(pause.map_or(MAX_PAUSE, |pause| pause.min(MAX_PAUSE)))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderName;

    use super::*;
    use crate::loopback::start;

    fn report(headers: &[(&str, &str)]) -> UsageReport {
        let headers: HeaderMap = headers
            .iter()
            .map(|(name, value)| {
                (name.parse::<HeaderName>().unwrap(), value.replace('\n', " ").parse().unwrap())
            })
            .fold(HeaderMap::new(), |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            });
        UsageReport::read(Provider::FacebookLogin, None, start(), 200, &headers)
    }

    #[test]
    fn all_three_headers_are_read() {
        let report = report(&[
            ("X-App-Usage", r#"{"call_count":37,"total_time":22,"total_cputime":19}"#),
            ("X-Page-Usage", r#"{"call_count":1,"total_time":2,"total_cputime":3}"#),
            (
                "X-BUSINESS-USE-CASE-USAGE",
                r#"{"17841400000000001":[{"type":"instagram","call_count":12,"total_cputime":3,"total_time":5,
                   "estimated_time_to_regain_access":0}],"104400000000001":[{"type":"pages","call_count":99.2,
                   "total_cputime":"7","total_time":null,"estimated_time_to_regain_access":"30"},
                   {"type":"messenger","call_count":1}]}"#,
            ),
        ]);
        assert_eq!(report.app, Some(Usage { call_count: 37, total_time: 22, total_cputime: 19 }));
        assert_eq!(report.page, Some(Usage { call_count: 1, total_time: 2, total_cputime: 3 }));
        assert_eq!(report.business.len(), 3);
        let pages = report.business.iter().find(|entry| entry.kind == "pages").unwrap();
        assert_eq!(pages.id, "104400000000001");
        assert_eq!(pages.usage, Usage { call_count: 100, total_time: 0, total_cputime: 7 });
        assert_eq!(pages.regain_access_in, Some(TimeDelta::minutes(30)));
        let instagram = report.business.iter().find(|entry| entry.kind == "instagram").unwrap();
        assert_eq!(instagram.regain_access_in, None);
    }

    #[test]
    fn the_date_is_that_of_meta() {
        let sent = |date| report(&[("Date", date)]).sent_at;
        assert_eq!(sent("Sun, 29 Nov 2026 08:49:37 GMT"), "2026-11-29T08:49:37Z".parse().ok());
        assert_eq!(sent("yesterday"), None);
        assert_eq!(report(&[]).sent_at, None);
    }

    #[test]
    fn damaged_headers_count_as_not_sent() {
        for value in ["", "{", "[]", "37", "null", "\"x\"", "<html>"] {
            let report = report(&[
                ("x-app-usage", value),
                ("x-page-usage", value),
                ("x-business-use-case-usage", value),
            ]);
            assert_eq!((report.app, report.page, report.business.len()), (None, None, 0), "{value}");
        }
        let odd =
            r#"{"a":1,"b":{"call_count":"1%"},"c":[1,null,[]],"d":[{"call_count":-5,"total_time":1e300}]}"#;
        let report = report(&[("x-business-use-case-usage", odd)]);
        let of = |id: &str| report.business.iter().find(|entry| entry.id == id).map(|entry| entry.usage);
        assert_eq!(report.business.len(), 2);
        assert_eq!(of("b"), Some(Usage { call_count: 1, total_time: 0, total_cputime: 0 }));
        assert_eq!(of("d"), Some(Usage { call_count: 0, total_time: u32::MAX, total_cputime: 0 }));
    }

    #[test]
    fn of_headers_that_come_twice_the_worse_counts() {
        let report = report(&[
            ("x-app-usage", "{}"),
            ("x-app-usage", r#"{"call_count":99}"#),
            ("x-business-use-case-usage", r#"{"1":[{"type":"instagram","call_count":5}]}"#),
            (
                "x-business-use-case-usage",
                r#"{"2":{"type":"instagram","estimated_time_to_regain_access":30}}"#,
            ),
        ]);
        assert_eq!(report.app.unwrap().highest(), 99);
        assert_eq!(report.business.len(), 2);
        assert_eq!(report.regain(ThrottleScope::Account), Some(start() + TimeDelta::minutes(30)));
    }

    #[test]
    fn what_is_said_of_the_account_goes_before_what_is_said_of_others() {
        let with = |own: &str| {
            let json = format!(
                r#"{{"999":[{{"type":"ads_management","estimated_time_to_regain_access":1440}}],
                   "888":[{{"type":"instagram","estimated_time_to_regain_access":600}}],
                   "17841400000000001":[{{"type":"instagram","estimated_time_to_regain_access":{own}}}]}}"#
            );
            let report = report(&[("x-business-use-case-usage", &json)]);
            UsageReport { account: Some("17841400000000001".to_owned()), ..report }
                .regain(ThrottleScope::Account)
        };
        assert_eq!(with("5"), Some(start() + TimeDelta::minutes(5)));
        assert_eq!(with("\"12.5\""), Some(start() + TimeDelta::minutes(13)));
        assert_eq!(with("0.4"), Some(start() + TimeDelta::minutes(1)));
        assert_eq!(with("1e30"), Some(start() + TimeDelta::hours(24)));
        assert_eq!(with("0"), None);
    }

    #[test]
    fn pauses_are_those_of_the_scope_and_bounded() {
        let with = |minutes: i64| {
            let json = format!(
                r#"{{"1":[{{"type":"instagram","estimated_time_to_regain_access":{minutes}}},
                   {{"type":"pages","estimated_time_to_regain_access":5}}]}}"#
            );
            report(&[("x-business-use-case-usage", &json)])
        };
        let after = |minutes| Some(start() + TimeDelta::minutes(minutes));
        assert_eq!(with(17).regain(ThrottleScope::Account), after(17));
        assert_eq!(with(17).regain(ThrottleScope::Page), after(5));
        assert_eq!(with(17).regain(ThrottleScope::Messaging), None);
        assert_eq!(with(17).regain(ThrottleScope::App), None);
        assert_eq!(with(1_000_000).regain(ThrottleScope::Account), after(24 * 60));
        assert_eq!(with(i64::MAX).regain(ThrottleScope::Account), after(24 * 60));
        assert_eq!(with(-3).regain(ThrottleScope::Account), None);
    }
}
