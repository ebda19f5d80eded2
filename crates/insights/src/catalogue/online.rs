//! Followers who are online, hour by hour.

use meta::Period;

use super::{Counts, DAILY, Dimension, Family, Form, Spec, Threshold};

/// How many followers were online in each hour of a day; the newest days are empty for a while.
pub const ONLINE_FOLLOWERS: Spec = Spec {
    name: "online_followers",
    form: Form::ByHour,
    periods: &[Period::Lifetime],
    dimensions: &[Dimension::Hour],
    counts: Counts::People,
    threshold: Threshold::Followers(100),
    last_days: Some(29),
    family: Family::OnlineFollowers,
    label: "Followers online",
    help: "How many followers were online in each hour of that day. From 100 followers on, for the last 30 days.",
    ..DAILY
};
