//! Behaviour where Meta's answers vary or are undocumented; each can be switched while running.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{dialog, graph::media_insights, insights::catalogue};

/// What `fb_exchange_token` does with a token that is long-lived already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FacebookExchange {
    /// A new string with a new full lifetime.
    #[default]
    Extends,
    /// Like `extends`, but the answer does not say `expires_in`.
    WithoutExpiresIn,
    /// A new string that ends when the old one did.
    DoesNotExtend,
    /// The string that was sent, with a new full lifetime.
    SameString,
    /// Like `extends`, and the string that was sent stops working.
    OldTokenDies,
}

/// Whose token a `config_id` of Login for Business asks for (page "Facebook Login for Business").
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ConfigToken {
    #[default]
    User,
    /// A system user's, without end.
    SystemUser,
    /// A system user's, with the lifetime of a long-lived token.
    #[serde(rename = "system_user_60_days")]
    SystemUser60Days,
}

/// Envelope of the Instagram code exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExchangeShape {
    /// A flat object, as clients in the field read it.
    #[default]
    Flat,
    /// `{"data":[{…}]}`, as "Business Login for Instagram" documents it.
    Data,
}

/// How the Instagram code exchange writes `user_id`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum IdType {
    #[default]
    Integer,
    String,
}

/// How the Instagram code exchange writes `permissions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PermissionsShape {
    #[default]
    Array,
    Csv,
    Absent,
}

/// Envelope of `graph.instagram.com/me`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum MeShape {
    #[default]
    Flat,
    Data,
}

/// What `refresh_access_token` hands back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InstagramRefresh {
    #[default]
    NewString,
    SameString,
    OldTokenDies,
}

/// What reads answer once the person's data access has lapsed; undocumented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DataAccessLapsed {
    #[default]
    Error10,
    Error200,
    Empty,
    Ignore,
}

/// What demographics answer when there are too few people to tell about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum SmallAudience {
    /// `data` without the metric.
    #[default]
    Empty,
    /// The metric, with a `total_value` that holds nothing.
    WithoutBreakdowns,
    /// The metric and its dimensions, without `results`.
    WithoutResults,
}

/// A body somebody wants to see instead of the built-in one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CannedAnswer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// A planned end of an insights metric, besides the ones Meta has already made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlannedRemoval {
    pub(crate) metric: String,
    /// Versions from this major on refuse the metric as soon as they exist.
    #[serde(default)]
    pub(crate) from_version: Option<u32>,
    /// From this day (UTC) on every version refuses it.
    #[serde(default)]
    pub(crate) all_versions_on: Option<chrono::NaiveDate>,
}

/// Everything that can be switched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Settings {
    pub(crate) fb_exchange_mode: FacebookExchange,
    pub(crate) ig_exchange_shape: ExchangeShape,
    pub(crate) ig_user_id_type: IdType,
    pub(crate) ig_permissions_shape: PermissionsShape,
    pub(crate) me_shape: MeShape,
    pub(crate) ig_refresh_mode: InstagramRefresh,
    /// Answer to a refresh of a token younger than 24 hours; `null` is 400/100 `IGApiException`.
    pub(crate) ig_refresh_too_young_body: Option<CannedAnswer>,
    /// Whether graph.instagram.com states subcodes of code 190; it usually does not.
    pub(crate) ig_subcodes: bool,
    pub(crate) require_appsecret_proof: bool,
    pub(crate) code_lifetime_seconds: i64,
    pub(crate) ig_code_lifetime_seconds: i64,
    pub(crate) short_token_seconds: i64,
    pub(crate) ig_short_token_seconds: i64,
    pub(crate) long_token_seconds: i64,
    pub(crate) ig_long_token_seconds: i64,
    pub(crate) ig_refresh_min_age_seconds: i64,
    pub(crate) data_access_days: i64,
    pub(crate) data_access_lapsed: DataAccessLapsed,
    /// Platform limit of the whole app; `null` is 200 × the people who hold a grant, at least 2000.
    pub(crate) app_calls_per_hour: Option<u64>,
    /// Calls per account and day; `null` is 4800 × the account's views of the last day, at most 24000.
    pub(crate) account_calls_per_day: Option<u64>,
    /// Calls with a Page token about its Page, per day.
    pub(crate) page_calls_per_day: u64,
    /// Calls about the messages of an account, per day.
    pub(crate) messenger_calls_per_day: u64,
    /// Calls about the messages of an account in one second; `null` does not count them.
    pub(crate) messaging_calls_per_second: Option<u64>,
    /// From which used share on the usage headers are sent.
    pub(crate) usage_headers_from_percent: u64,
    /// HTTP status of code 80002, which Meta does not document.
    pub(crate) account_limit_http_status: u16,
    /// Minutes between an event and its first appearance in insights.
    pub(crate) insights_lag_minutes: i64,
    /// Hours after the end of a day until its values are final.
    pub(crate) insights_settle_hours: i64,
    /// By how many percent a finished day is told too high until it is final, and corrected then;
    /// 0 lets it grow up to its final value.
    pub(crate) insights_excess_percent: u64,
    /// How far back account insights are readable.
    pub(crate) insights_history_days: i64,
    /// Whether demographics repeat the timeframe as a dimension, as Meta's example does.
    pub(crate) demographics_timeframe_dimension: bool,
    /// Whether every result of demographics states an `end_time`.
    pub(crate) demographics_end_time: bool,
    pub(crate) small_audience: SmallAudience,
    /// Whether media metrics with a breakdown state `values` beside `total_value`.
    pub(crate) media_breakdown_values: bool,
    /// Whether insights tell likes that their owner hides; Meta does not say.
    pub(crate) media_hidden_likes: bool,
    /// Whether walking media meets an empty page that still has a `next`.
    pub(crate) media_empty_page: bool,
    /// The same for lists of Pages.
    pub(crate) pages_empty_page: bool,
    /// Whether the address of an app's webhook subscription has to give back its challenge.
    pub(crate) verify_subscriptions: bool,
    /// Whether what a person declined once is only asked again with `auth_type=rerequest`.
    pub(crate) declined_needs_rerequest: bool,
    /// Permissions without App Review: asked for, silently not granted.
    pub(crate) unapproved_permissions: Vec<String>,
    /// Permissions of a Login-for-Business `config_id`.
    pub(crate) config_permissions: Vec<String>,
    /// Token type of a Login-for-Business `config_id`.
    pub(crate) config_token: ConfigToken,
    pub(crate) planned_removals: Vec<PlannedRemoval>,
    pub(crate) app_name: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            fb_exchange_mode: FacebookExchange::default(),
            ig_exchange_shape: ExchangeShape::default(),
            ig_user_id_type: IdType::default(),
            ig_permissions_shape: PermissionsShape::default(),
            me_shape: MeShape::default(),
            ig_refresh_mode: InstagramRefresh::default(),
            ig_refresh_too_young_body: None,
            ig_subcodes: false,
            require_appsecret_proof: false,
            code_lifetime_seconds: 600,
            ig_code_lifetime_seconds: 3_600,
            short_token_seconds: 5_400,
            ig_short_token_seconds: 3_600,
            long_token_seconds: 5_183_944,
            ig_long_token_seconds: 5_184_000,
            ig_refresh_min_age_seconds: 86_400,
            data_access_days: 90,
            data_access_lapsed: DataAccessLapsed::default(),
            app_calls_per_hour: None,
            account_calls_per_day: None,
            page_calls_per_day: 1_000_000,
            messenger_calls_per_day: 1_000_000,
            messaging_calls_per_second: None,
            usage_headers_from_percent: 0,
            account_limit_http_status: 400,
            insights_lag_minutes: 120,
            insights_settle_hours: 48,
            insights_excess_percent: 0,
            insights_history_days: 400,
            demographics_timeframe_dimension: false,
            demographics_end_time: false,
            small_audience: SmallAudience::default(),
            media_breakdown_values: true,
            media_hidden_likes: true,
            media_empty_page: false,
            pages_empty_page: false,
            verify_subscriptions: true,
            declined_needs_rerequest: false,
            unapproved_permissions: Vec::new(),
            config_token: ConfigToken::default(),
            config_permissions: [
                "instagram_basic",
                "instagram_manage_insights",
                "pages_show_list",
                "pages_read_engagement",
                "business_management",
            ]
            .map(str::to_owned)
            .to_vec(),
            planned_removals: Vec::new(),
            app_name: "Mooring (sandbox)".into(),
        }
    }
}

impl Settings {
    /// Changes what `patch` names; anything unknown or nonsensical is refused and nothing changes.
    pub(crate) fn patched(&self, patch: &Value) -> Result<Self, String> {
        let Value::Object(patch) = patch else { return Err("send a JSON object of settings".into()) };
        let mut whole = serde_json::to_value(self).map_err(|error| error.to_string())?;
        for (name, value) in patch {
            match whole.get_mut(name) {
                Some(slot) => *slot = value.clone(),
                None => return Err(format!("there is no setting {name}")),
            }
        }
        let settings: Self = serde_json::from_value(whole).map_err(|error| error.to_string())?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), String> {
        let at_least_one = [
            ("code_lifetime_seconds", self.code_lifetime_seconds),
            ("ig_code_lifetime_seconds", self.ig_code_lifetime_seconds),
            ("short_token_seconds", self.short_token_seconds),
            ("ig_short_token_seconds", self.ig_short_token_seconds),
            ("long_token_seconds", self.long_token_seconds),
            ("ig_long_token_seconds", self.ig_long_token_seconds),
            ("data_access_days", self.data_access_days),
            ("insights_settle_hours", self.insights_settle_hours),
            ("insights_history_days", self.insights_history_days),
        ];
        for (name, value) in at_least_one {
            if !(1..=1_000_000_000).contains(&value) {
                return Err(format!("{name} must be between 1 and 1000000000"));
            }
        }
        if !(0..=100_000).contains(&self.insights_lag_minutes)
            || !(0..=1_000_000_000).contains(&self.ig_refresh_min_age_seconds)
        {
            return Err(
                "insights_lag_minutes and ig_refresh_min_age_seconds must not be negative or absurd".into()
            );
        }
        if self.insights_excess_percent > 100 || self.usage_headers_from_percent > 100 {
            return Err("a percentage must be at most 100".into());
        }
        let budgets = [
            self.app_calls_per_hour,
            self.account_calls_per_day,
            Some(self.page_calls_per_day),
            Some(self.messenger_calls_per_day),
            self.messaging_calls_per_second,
        ];
        if budgets.contains(&Some(0)) {
            return Err("a budget must be at least 1; use throttle to block".into());
        }
        let statuses = [
            Some(self.account_limit_http_status),
            self.ig_refresh_too_young_body.as_ref().map(|canned| canned.status),
        ];
        if statuses.into_iter().flatten().any(|status| !(200..=599).contains(&status)) {
            return Err("an HTTP status must be between 200 and 599".into());
        }
        self.check_names()
    }

    /// Names that mean nothing would change nothing, and nobody would notice.
    fn check_names(&self) -> Result<(), String> {
        for removal in &self.planned_removals {
            let metric = &removal.metric;
            if !catalogue::is_name(metric) && !media_insights::is_name(metric) {
                return Err(format!("planned_removals: there is no metric {metric}"));
            }
            if removal.from_version.is_none() && removal.all_versions_on.is_none() {
                return Err(format!("planned_removals: {metric} needs from_version or all_versions_on"));
            }
        }
        let permissions = self.unapproved_permissions.iter().chain(&self.config_permissions);
        if let Some(unknown) = permissions.into_iter().find(|name| !dialog::knows(name)) {
            return Err(format!("there is no permission {unknown}"));
        }
        if self.app_name.trim().is_empty() {
            return Err("app_name must not be empty".into());
        }
        Ok(())
    }

    /// Names and values of the settings that are not as by default.
    pub(crate) fn changed(&self) -> Vec<(String, Value)> {
        let (Ok(Value::Object(own)), Ok(usual)) =
            (serde_json::to_value(self), serde_json::to_value(Self::default()))
        else {
            return Vec::new();
        };
        own.into_iter().filter(|(name, value)| usual.get(name) != Some(value)).collect()
    }

    /// The settings with a handful of values: name, value now, all values with the default first.
    pub(crate) fn choices(&self) -> Vec<(&'static str, String, Vec<String>)> {
        let own = serde_json::to_value(self).unwrap_or_default();
        let usual = serde_json::to_value(Self::default()).unwrap_or_default();
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let mut choices: Vec<_> = CHOICES
            .iter()
            .map(|(name, values)| {
                (*name, text(&own[*name]), values.iter().map(|value| (*value).to_owned()).collect())
            })
            .collect();
        choices.extend(SWITCHES.iter().map(|name| {
            let default = usual[*name] == Value::Bool(true);
            (*name, text(&own[*name]), vec![default.to_string(), (!default).to_string()])
        }));
        choices
    }
}

/// Settings that are one of a few words, the default first.
const CHOICES: &[(&str, &[&str])] = &[
    (
        "fb_exchange_mode",
        &["extends", "without_expires_in", "does_not_extend", "same_string", "old_token_dies"],
    ),
    ("ig_refresh_mode", &["new_string", "same_string", "old_token_dies"]),
    ("ig_exchange_shape", &["flat", "data"]),
    ("ig_user_id_type", &["integer", "string"]),
    ("ig_permissions_shape", &["array", "csv", "absent"]),
    ("me_shape", &["flat", "data"]),
    ("config_token", &["user", "system_user", "system_user_60_days"]),
    ("data_access_lapsed", &["error10", "error200", "empty", "ignore"]),
    ("small_audience", &["empty", "without_breakdowns", "without_results"]),
];

/// Settings that are on or off.
const SWITCHES: &[&str] = &[
    "verify_subscriptions",
    "ig_subcodes",
    "require_appsecret_proof",
    "demographics_timeframe_dimension",
    "demographics_end_time",
    "media_breakdown_values",
    "media_empty_page",
    "media_hidden_likes",
    "pages_empty_page",
    "declined_needs_rerequest",
];

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_patch_changes_what_it_names() {
        let settings = Settings::default().patched(&json!({"fb_exchange_mode": "same_string"})).unwrap();
        assert_eq!(settings.fb_exchange_mode, FacebookExchange::SameString);
        assert_eq!(settings.short_token_seconds, 5_400);
    }

    #[test]
    fn every_switch_and_every_word_is_among_the_choices() {
        let usual = serde_json::to_value(Settings::default()).unwrap();
        let choices = Settings::default().choices();
        for (name, value) in usual.as_object().unwrap() {
            let worded = value.is_boolean() || (value.is_string() && name != "app_name");
            assert_eq!(choices.iter().any(|(listed, ..)| listed == name), worded, "{name}");
        }
        for (name, now, values) in choices {
            assert_eq!(now, values[0], "{name}");
            for value in values {
                let json = serde_json::from_str(&value).unwrap_or(json!(value));
                let settings = Settings::default().patched(&json!({name: json})).unwrap();
                let changed = if value == now { vec![] } else { vec![(name.to_owned(), json)] };
                assert_eq!(settings.changed(), changed);
            }
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for patch in [
            json!({"fb_exchange_mode": "sometimes"}),
            json!({"unheard_of": 1}),
            json!({"short_token_seconds": -5}),
            json!({"app_calls_per_hour": 0}),
            json!({"planned_removals": [{"metric": "nope", "from_version": 26}]}),
            json!({"planned_removals": [{"metric": "saves"}]}),
            json!({"unapproved_permissions": ["nope"]}),
            json!({"config_permissions": ["instagram_basic", "nope"]}),
            json!({"app_name": " "}),
            json!([1]),
        ] {
            assert!(Settings::default().patched(&patch).is_err(), "{patch}");
        }
    }
}
