//! Reads the parameters of an insights call and refuses what Meta refuses.
//!
//! One bad metric fails the whole call; nothing is answered in part.

use chrono::{DateTime, Utc};

use super::{
    catalogue::{self, Entry, Types},
    day::Day,
    removals,
};
use crate::{call::Params, error::GraphError, moment::moment, settings::Settings, versions::Version};

/// Longest span between `since` and `until`.
const LONGEST: i64 = 2_592_000;
const DAY: i64 = 86_400;

/// In which form one metric is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Series,
    Total,
    Lifetime,
}

/// One metric of a call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) entry: &'static Entry,
    pub(super) form: Form,
}

/// A call that is in order.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) metrics: Vec<Asked>,
    pub(super) period: &'static str,
    pub(super) breakdowns: Vec<String>,
    pub(super) timeframe: Option<String>,
    pub(super) since: i64,
    pub(super) until: i64,
    /// Whether the call is about a span of time, so that the answer has time paging.
    pub(super) has_window: bool,
}

pub(super) fn parse(
    params: &Params,
    now: DateTime<Utc>,
    version: Version,
    settings: &Settings,
) -> Result<Request, GraphError> {
    let names = params
        .list("metric")
        .filter(|names| !names.is_empty())
        .ok_or_else(|| GraphError::parameter("The parameter metric is required"))?;
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let asked_type = metric_type(params)?;
    let entries = entries(&names, asked_type, now, version, settings)?;
    let period = period(params)?;
    let metrics = forms(&entries, asked_type, period)?;
    let breakdowns = breakdowns(params, &metrics)?;
    let timeframe = timeframe(params, &entries, now, version)?;
    let (since, until) = window(params, now, settings)?;
    if names.contains(&"follower_count") {
        check_follower_count(since, now)?;
    }
    let has_window = metrics.iter().any(|asked| asked.entry.types != Types::Demographic);
    Ok(Request { metrics, period, breakdowns, timeframe, since, until, has_window })
}

fn metric_type(params: &Params) -> Result<Option<Form>, GraphError> {
    match params.filled("metric_type") {
        None | Some("default") => Ok(None),
        Some("time_series") => Ok(Some(Form::Series)),
        Some("total_value") => Ok(Some(Form::Total)),
        Some(_) => Err(GraphError::parameter(
            "metric_type must be one of the following values: time_series, total_value, default",
        )),
    }
}

fn entries(
    names: &[&str],
    asked_type: Option<Form>,
    now: DateTime<Utc>,
    version: Version,
    settings: &Settings,
) -> Result<Vec<&'static Entry>, GraphError> {
    let mut entries = Vec::new();
    for (index, name) in names.iter().enumerate() {
        // Naming the series form of a metric that lost it is a removal; naming no form at all is
        // answered by the message about metric_type.
        if let Some(message) =
            removals::removed(name, asked_type == Some(Form::Series), version, now, settings)
        {
            return Err(GraphError::parameter(message));
        }
        // Before its end a metric is as it was, series included.
        let former = catalogue::former(name)
            .filter(|_| removals::removed(name, true, version, now, settings).is_none());
        match former.or_else(|| catalogue::find(name)) {
            Some(entry) => entries.push(entry),
            None if catalogue::is_undocumented(name) => {}
            None => {
                return Err(GraphError::parameter(format!(
                    "metric[{index}] must be one of the following values: {}",
                    catalogue::enumeration()
                )));
            }
        }
    }
    Ok(entries)
}

fn period(params: &Params) -> Result<&'static str, GraphError> {
    const PERIODS: [&str; 6] = ["day", "week", "days_28", "month", "lifetime", "total_over_range"];
    let asked = params
        .list("period")
        .filter(|asked| !asked.is_empty())
        .ok_or_else(|| GraphError::parameter("The parameter period is required"))?;
    PERIODS.into_iter().find(|period| asked == [*period]).ok_or_else(|| {
        GraphError::parameter(format!("period must be one of the following values: {}", PERIODS.join(", ")))
    })
}

fn forms(
    entries: &[&'static Entry],
    asked: Option<Form>,
    period: &'static str,
) -> Result<Vec<Asked>, GraphError> {
    let bad_period: Vec<&str> = entries
        .iter()
        .filter(|entry| match entry.types {
            Types::Demographic | Types::Lifetime => period != "lifetime",
            _ if entry.name == "reach" => !matches!(period, "day" | "week" | "days_28"),
            _ => period != "day",
        })
        .map(|entry| entry.name)
        .collect();
    if !bad_period.is_empty() {
        return Err(GraphError::parameter(format!(
            "Incompatible metrics ({}) with period ({period})",
            bad_period.join(", ")
        )));
    }
    let total_missing: Vec<&str> = entries
        .iter()
        .filter(|entry| {
            matches!(entry.types, Types::TotalOnly | Types::Demographic) && asked != Some(Form::Total)
        })
        .map(|entry| entry.name)
        .collect();
    if !total_missing.is_empty() {
        return Err(GraphError::parameter(format!(
            "The following metrics ({}) should be specified with parameter metric_type=total_value",
            total_missing.join(",")
        )));
    }
    let no_total: Vec<&str> = entries
        .iter()
        .filter(|entry| {
            matches!(entry.types, Types::SeriesOnly | Types::Lifetime) && asked == Some(Form::Total)
        })
        .map(|entry| entry.name)
        .collect();
    if !no_total.is_empty() {
        return Err(GraphError::parameter(format!(
            "The following metrics ({}) should be specified with parameter metric_type=time_series",
            no_total.join(",")
        )));
    }
    Ok(entries
        .iter()
        .map(|entry| Asked {
            entry,
            form: match entry.types {
                Types::Demographic | Types::Lifetime => Form::Lifetime,
                _ => asked.unwrap_or(Form::Series),
            },
        })
        .collect())
}

fn breakdowns(params: &Params, metrics: &[Asked]) -> Result<Vec<String>, GraphError> {
    let list = params.list("breakdown").unwrap_or_default();
    if list.is_empty() {
        return Ok(Vec::new());
    }
    for asked in metrics {
        let fits = list.iter().all(|part| asked.entry.breakdowns.contains(&part.as_str()));
        let demographic = asked.entry.types == Types::Demographic;
        // Meta has no words for this; it fails with code 1.
        if !fits || list.len() > 2 || (list.len() == 2 && !demographic) {
            return Err(GraphError::new(400, 1, "An unknown error has occurred."));
        }
        if asked.form == Form::Series {
            return Err(GraphError::parameter(format!(
                "The following metrics ({}) should be specified with parameter metric_type=total_value",
                asked.entry.name
            )));
        }
    }
    Ok(list)
}

fn timeframe(
    params: &Params,
    entries: &[&Entry],
    now: DateTime<Utc>,
    version: Version,
) -> Result<Option<String>, GraphError> {
    let demographics: Vec<&str> =
        entries.iter().filter(|entry| entry.types == Types::Demographic).map(|entry| entry.name).collect();
    match params.filled("timeframe") {
        _ if demographics.is_empty() => Ok(None),
        None if demographics.iter().any(|name| *name != "follower_demographics") => {
            Err(GraphError::parameter("The parameter timeframe is required for this metric"))
        }
        None => Ok(None),
        Some(text @ ("this_week" | "this_month")) => Ok(Some(text.to_owned())),
        Some(text) if removals::OLD_TIMEFRAMES.contains(&text) => {
            if removals::timeframes_removed(version, now) {
                return Err(GraphError::parameter(format!(
                    "Starting from version v20.0 and above, the timeframe {text} is no longer supported. Please use this_month or this_week instead."
                )));
            }
            Ok(Some(text.to_owned()))
        }
        Some(_) => {
            Err(GraphError::parameter("timeframe must be one of the following values: this_month, this_week"))
        }
    }
}

fn window(params: &Params, now: DateTime<Utc>, settings: &Settings) -> Result<(i64, i64), GraphError> {
    let read = |name: &str| moment(params, name, now);
    let (since, until) = match (read("since")?, read("until")?) {
        (Some(since), Some(until)) => (since, until),
        (Some(since), None) => (since, now.timestamp().max(since)),
        (None, Some(until)) => (until - DAY, until),
        (None, None) => (now.timestamp() - DAY, now.timestamp()),
    };
    if since > now.timestamp() {
        return Err(GraphError::parameter("since param is not valid. It cannot be in the future"));
    }
    if until < since {
        return Err(GraphError::parameter("until must be later than since"));
    }
    if until - since > LONGEST {
        return Err(GraphError::parameter(
            "There cannot be more than 30 days (2592000 s) between since and until",
        ));
    }
    if since < now.timestamp() - settings.insights_history_days * DAY {
        return Err(GraphError::parameter(format!(
            "since param is not valid. Metrics data is available for the last {} days",
            settings.insights_history_days
        )));
    }
    Ok((since, until))
}

fn check_follower_count(since: i64, now: DateTime<Utc>) -> Result<(), GraphError> {
    if since < Day::of(now).plus(-30).start().timestamp() {
        return Err(GraphError::parameter(
            "(follower_count) metric only supports querying data for the last 30 days excluding the current day",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        DateTime::parse_from_rfc3339("2026-11-20T12:00:00Z").unwrap().to_utc()
    }

    fn ask(query: &str) -> Result<Request, GraphError> {
        parse(&Params::parse(query.as_bytes()), now(), Version(25), &Settings::default())
    }

    fn message(query: &str) -> String {
        ask(query).unwrap_err().message
    }

    #[test]
    fn rejections_have_metas_words() {
        assert!(
            message("metric=reach,nonsense&period=day")
                .contains("metric[1] must be one of the following values: reach,")
        );
        assert!(message("metric=reach,views,likes&period=day").contains(
            "The following metrics (views,likes) should be specified with parameter metric_type=total_value"
        ));
        assert!(
            message("metric=reach&period=day&since=1780000000&until=1782592001")
                .contains("more than 30 days (2592000 s)")
        );
        assert!(message("metric=impressions&period=day").contains("no longer supported"));
        assert!(
            message("metric=follower_count&period=day&since=1790000000&until=1790100000")
                .contains("excluding the current day")
        );
        assert!(message("metric=reach&period=day&since=1999999999&until=2000000000").contains("future"));
        assert!(
            message("metric=reach&period=day&since=1700000000&until=1700100000").contains("last 400 days")
        );
        assert!(message("metric=reach&period=fortnight").contains("period must be one of"));
        assert!(message("metric=reach&period=total_over_range").contains("Incompatible"));
        assert!(message("metric=reach").contains("period is required"));
        assert!(message("metric=[]&period=day").contains("metric is required"));
        assert!(message("period=day").contains("metric is required"));
        assert!(message("metric=online_followers&period=day").contains("Incompatible"));
        assert!(message("metric=follower_count&period=day&metric_type=total_value").contains("time_series"));
    }

    #[test]
    fn names_that_only_metas_message_knows_are_accepted_and_answer_nothing() {
        let list = message("metric=nonsense&period=day");
        for name in ["threads_likes", "threads_follower_demographics", "quotes", "content_views"] {
            assert!(list.contains(&format!(", {name},")), "{list}");
            assert!(ask(&format!("metric={name}&period=day")).unwrap().metrics.is_empty());
        }
        assert_eq!(ask("metric=quotes,reach&period=day").unwrap().metrics[0].entry.name, "reach");
    }

    #[test]
    fn ended_metrics_are_as_they_were_before_their_end() {
        let ask = |query: &str, version: u32, at: &str| {
            let now = DateTime::parse_from_rfc3339(at).unwrap().to_utc();
            let params = Params::parse(query.as_bytes());
            parse(&params, now, Version(version), &Settings::default())
                .map(|request| request.metrics[0].form)
                .map_err(|error| error.message)
        };
        let (before, after) = ("2025-01-07T12:00:00Z", "2025-01-08T12:00:00Z");
        for name in ["email_contacts", "phone_call_clicks", "get_directions_clicks", "text_message_clicks"] {
            let query = format!("metric={name}&period=day");
            assert_eq!(ask(&query, 20, before), Ok(Form::Series));
            assert!(ask(&query, 20, after).unwrap_err().contains("no longer supported"));
            assert!(ask(&query, 21, before).unwrap_err().contains("no longer supported"));
        }
        for name in ["profile_views", "website_clicks"] {
            let query = format!("metric={name}&period=day");
            let series = format!("{query}&metric_type=time_series");
            assert_eq!(
                (ask(&query, 20, before), ask(&series, 20, before)),
                (Ok(Form::Series), Ok(Form::Series))
            );
            assert_eq!(ask(&format!("{query}&metric_type=total_value"), 20, before), Ok(Form::Total));
            assert!(ask(&series, 20, after).unwrap_err().contains("no longer supported"));
            assert!(ask(&query, 20, after).unwrap_err().contains("metric_type=total_value"));
        }
        for name in ["audience_city", "audience_country", "audience_gender_age", "audience_locale"] {
            let query = format!("metric={name}&period=lifetime");
            assert_eq!(ask(&query, 17, "2023-12-10T12:00:00Z"), Ok(Form::Lifetime));
            assert!(ask(&query, 18, "2023-12-10T12:00:00Z").unwrap_err().contains("no longer supported"));
            assert!(ask(&query, 17, "2023-12-11T12:00:00Z").unwrap_err().contains("no longer supported"));
        }
    }

    #[test]
    fn the_default_type_is_the_same_as_none() {
        assert_eq!(ask("metric=reach&period=day&metric_type=default").unwrap().metrics[0].form, Form::Series);
    }

    #[test]
    fn an_unsupported_breakdown_is_code_1() {
        let error = ask("metric=accounts_engaged&period=day&metric_type=total_value&breakdown=follow_type")
            .unwrap_err();
        assert_eq!((error.code, error.message.as_str()), (1, "An unknown error has occurred."));
    }

    #[test]
    fn demographics_need_a_timeframe_that_still_exists() {
        let base = "period=lifetime&metric_type=total_value&breakdown=age,gender";
        assert!(ask(&format!("metric=follower_demographics&{base}")).is_ok());
        assert!(ask(&format!("metric=engaged_audience_demographics&{base}")).is_err());
        assert!(ask(&format!("metric=engaged_audience_demographics&{base}&timeframe=this_month")).is_ok());
        assert!(ask(&format!("metric=engaged_audience_demographics&{base}&timeframe=last_90_days")).is_err());
    }

    #[test]
    fn exactly_thirty_days_are_allowed_and_the_long_autumn_month_is_not() {
        assert!(ask("metric=reach&period=day&since=1780000000&until=1782592000").is_ok());
        // 30 Pacific days over the end of daylight saving time are an hour too long.
        let since = Day("2026-10-15".parse().unwrap()).start().timestamp();
        let until = Day("2026-11-14".parse().unwrap()).start().timestamp();
        assert!(ask(&format!("metric=reach&period=day&since={since}&until={until}")).is_err());
    }
}
