//! Account insights (page "Instagram user insights"): what may be asked, and what is true.

pub(crate) mod catalogue;
mod day;
mod demographics;
mod online;
pub(crate) mod places;
pub(crate) mod removals;
mod request;
mod series;
mod total;
pub(crate) mod truth;

use serde_json::{Value, json};

use crate::{call::Params, error::GraphError, people::Account, visit::Visit};

use catalogue::Types;
pub(crate) use day::Day;
use request::{Form, Request};

/// Answers `/{ig-id}/insights`.
pub(crate) fn read(visit: &Visit<'_>, account: &Account, params: &Params) -> Result<Value, GraphError> {
    let settings = &visit.inner.state.settings;
    let request = request::parse(params, visit.now, visit.version, settings)?;
    let world = visit.world();
    let view = truth::View {
        seed: world.seed,
        now: visit.now,
        lag: chrono::TimeDelta::minutes(settings.insights_lag_minutes),
        settle: chrono::TimeDelta::hours(settings.insights_settle_hours),
        excess: settings.insights_excess_percent as f64 / 100.0,
    };
    let mut data = Vec::new();
    for metric in &request.metrics {
        let entry = match (metric.form, metric.entry.name) {
            (Form::Lifetime, "online_followers") => online::entry(&view, account, &request),
            (Form::Lifetime, _) if metric.entry.types == Types::Lifetime => {
                demographics::former_entry(&view, account, metric.entry)
            }
            (Form::Lifetime, _) => demographics::entry(&view, account, metric.entry, &request, settings)?,
            (Form::Series, _) => series::entry(&view, account, metric.entry, &request),
            (Form::Total, _) => total::entry(&view, account, metric.entry, &request),
        };
        data.extend(entry);
    }
    let mut answer = json!({ "data": data });
    if request.has_window && !data.is_empty() {
        answer["paging"] = links(visit, account, params, &request);
    }
    Ok(answer)
}

/// Time paging: windows of the same length before and after, without end in either direction.
fn links(visit: &Visit<'_>, account: &Account, params: &Params, request: &Request) -> Value {
    let length = request.until - request.since;
    let link = |since: i64, until: i64| {
        let mut params = params.clone();
        params.0.retain(|(name, _)| name != "appsecret_proof" && name != "appsecret_time");
        if let Some(token) = visit.call.token() {
            params.set("access_token", token);
        }
        params.set("since", since.to_string());
        params.set("until", until.to_string());
        format!("{}?{}", visit.link(&format!("/{}/insights", account.id)), params.encode())
    };
    json!({
        "previous": link(request.since - length, request.since),
        "next": link(request.until, request.until + length),
    })
}

/// The head of an entry, common to all forms.
fn head(account: &Account, entry: &catalogue::Entry, period: &str) -> Value {
    json!({
        "name": entry.name,
        "period": period,
        "title": entry.title,
        "description": entry.description,
        "id": format!("{}/insights/{}/{period}", account.id, entry.name),
    })
}
