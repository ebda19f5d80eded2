//! Events as Slack shows them: one short text each, with a link to the account in the dashboard.
//!
//! Slack reads `<…>` as links and mentions, and `&`, `<` and `>` are all that has to be escaped
//! (`/docs/messaging/formatting-message-text`). What people chose themselves is made harmless first.

use platform::user_text;
use serde_json::{Value, json};
use url::Url;

/// The message for an event. `body` is the JSON of the event, `home` where the dashboard is.
pub(crate) fn message(body: &str, home: &Url) -> String {
    let event = serde_json::from_str(body).unwrap_or(Value::Null);
    json!({
        "text": text(&event, home),
        // Nothing in it becomes a link or a mention but what is written as one.
        "parse": "none",
        "link_names": false,
        "unfurl_links": false,
        "unfurl_media": false,
    })
    .to_string()
}

fn text(event: &Value, home: &Url) -> String {
    let at = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let workspace = plain(at("/workspace/name"));
    let account = || link(event, home);
    match at("/type") {
        "account.health_changed" => {
            let (to, reason) = (at("/data/to/state"), at("/data/to/reason"));
            format!("{} {} ({workspace})", account(), health(to, reason))
        }
        "incident.opened" if event.pointer("/data/incident/reopened") == Some(&Value::Bool(true)) => {
            format!(
                ":rotating_light: {} needs somebody again: {} ({workspace})",
                account(),
                cause(at("/data/incident/cause"))
            )
        }
        "incident.opened" => {
            format!(
                ":rotating_light: {} needs somebody: {} ({workspace})",
                account(),
                cause(at("/data/incident/cause"))
            )
        }
        "incident.closed" => {
            let how = match at("/data/incident/ended") {
                "REPAIRED" => "was reconnected",
                "DISCONNECTED" => "was disconnected, its incident is closed",
                _ => "works again",
            };
            format!(":white_check_mark: {} {how} ({workspace})", account())
        }
        "insights.collected" => {
            let values = event.pointer("/data/values").and_then(Value::as_u64).unwrap_or_default();
            format!("New numbers of {}: {values} values ({workspace})", account())
        }
        _ => format!("This is a test from Mooring. Messages of {workspace} will appear here."),
    }
}

fn health(state: &str, reason: &str) -> String {
    let what = match state {
        "HEALTHY" => return "works".to_owned(),
        "PAGES_STALE" => return "works; its Page follows shortly".to_owned(),
        "THROTTLED" => return "has to wait: Meta asked us to slow down".to_owned(),
        "DISCONNECTED" => return "was disconnected".to_owned(),
        "ACTION_NEEDED" => "waits for its owner",
        "PERMISSION_MISSING" => "lacks a permission",
        "NEEDS_RECONNECT" => "has to be reconnected",
        _ => "does not work",
    };
    if reason.is_empty() { what.to_owned() } else { format!("{what}: {}", cause(reason)) }
}

fn cause(cause: &str) -> &'static str {
    match cause {
        "EXPIRED" => "the permission has expired",
        "APP_REMOVED" => "the owner removed our app at Meta",
        "PASSWORD_CHANGED" => "the owner's password at Meta was changed",
        "CHECKPOINT" => "Meta wants the owner to confirm something",
        "UNCONFIRMED" => "the owner's account at Meta is not confirmed",
        "PAGE_ROLE_LOST" => "the login no longer reaches the Page",
        "PERMISSION_MISSING" => "a permission is missing",
        "ACCOUNT_GONE" => "the account is gone or no longer professional",
        "TOKEN_UNREADABLE" => "the stored token cannot be opened here",
        "DISCONNECTED" => "a member disconnected it",
        _ => "Meta ended the permission without saying why",
    }
}

/// The handle, as a link to the account in the dashboard. Ids have no characters that mean anything.
fn link(event: &Value, home: &Url) -> String {
    let at = |pointer: &str| event.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    let handle = escaped(&user_text::handle(at("/data/account/username")));
    format!("<{home}w/{}/accounts/{}|{handle}>", at("/workspace/id"), at("/data/account/id"))
}

fn plain(text: &str) -> String {
    escaped(&user_text::name(text))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(event: Value) -> String {
        let mut event = event;
        event["workspace"] = json!({ "id": "workspace:1", "name": event["name"].as_str().unwrap_or("Acme") });
        event["data"]["account"] =
            json!({ "id": "account:2", "username": event["handle"].as_str().unwrap_or("studio.nord") });
        text(&event, &"https://mooring.example/".parse().unwrap())
    }

    #[test]
    fn every_event_is_one_line_with_a_link_to_the_account() {
        let link = "<https://mooring.example/w/workspace:1/accounts/account:2|@studio.nord>";
        for (event, expected) in [
            (
                json!({ "type": "account.health_changed",
                    "data": { "to": { "state": "NEEDS_RECONNECT", "reason": "EXPIRED" } } }),
                format!("{link} has to be reconnected: the permission has expired (Acme)"),
            ),
            (
                json!({ "type": "account.health_changed",
                    "data": { "to": { "state": "HEALTHY", "reason": null } } }),
                format!("{link} works (Acme)"),
            ),
            (
                json!({ "type": "incident.opened",
                    "data": { "incident": { "cause": "CHECKPOINT", "reopened": false } } }),
                format!(
                    ":rotating_light: {link} needs somebody: Meta wants the owner to confirm something (Acme)"
                ),
            ),
            (
                json!({ "type": "incident.opened",
                    "data": { "incident": { "cause": "EXPIRED", "reopened": true } } }),
                format!(":rotating_light: {link} needs somebody again: the permission has expired (Acme)"),
            ),
            (
                json!({ "type": "incident.closed", "data": { "incident": { "ended": "BY_ITSELF" } } }),
                format!(":white_check_mark: {link} works again (Acme)"),
            ),
            (
                json!({ "type": "insights.collected", "data": { "values": 12 } }),
                format!("New numbers of {link}: 12 values (Acme)"),
            ),
            (
                json!({ "type": "channel.test" }),
                "This is a test from Mooring. Messages of Acme will appear here.".to_owned(),
            ),
        ] {
            assert_eq!(told(event), expected);
        }
    }

    #[test]
    fn names_cannot_mention_anybody_or_carry_links() {
        let evil = "<!channel> <@U123> & <https://evil.example|click> @here";
        let text = told(json!({ "type": "incident.closed", "name": evil, "handle": "<!here>\n*x*" }));
        assert_eq!(text.matches('<').count(), 1, "one link, ours: {text}");
        assert!(text.starts_with(":white_check_mark: <https://mooring.example/w/"), "{text}");
        assert!(text.contains("&lt;!channel&gt;") && text.contains("&amp;"), "{text}");
        assert!(!text.contains("evil.example") && !text.contains('\n'), "{text}");
        let message: Value =
            serde_json::from_str(&message("{}", &"https://m.example/".parse().unwrap())).unwrap();
        assert_eq!((&message["link_names"], &message["parse"]), (&json!(false), &json!("none")));
    }
}
