//! The cookies there are. All have the `__Host-` prefix, which browsers accept only over https
//! or from the machine itself, for the whole host and from no other.

use axum::http::{HeaderMap, HeaderValue, header};
use chrono::{DateTime, TimeDelta, Utc};
use platform::Secret;

/// The refresh token of a session. It goes along with requests of our own pages only.
const SESSION: &str = "__Host-mooring_session";
/// Ties Meta's dialog to the browser that started it. The return from Meta is a navigation from
/// another site, so it has to be `Lax`.
const AUTHORISATION: &str = "__Host-mooring_oauth";

/// Ties the choice of accounts to the browser of the client who came back from Meta. It is first sent
/// at the end of that same navigation from another site, so it has to be `Lax`, too.
const CHOICE: &str = "__Host-mooring_choice";
/// Longer than a state lives: who is late is led back to where they began.
const AUTHORISATION_LIFETIME: TimeDelta = TimeDelta::hours(1);

/// The session cookie of a request.
pub(crate) fn session(headers: &HeaderMap) -> Option<Secret> {
    find(headers, SESSION)
}

/// The authorisation cookie of a request.
pub(crate) fn authorisation(headers: &HeaderMap) -> Option<Secret> {
    find(headers, AUTHORISATION)
}

/// The cookie of a client's choice.
pub(crate) fn choice(headers: &HeaderMap) -> Option<Secret> {
    find(headers, CHOICE)
}

/// Sets the session cookie until `expires_at`.
pub(crate) fn set_session(token: &Secret, expires_at: DateTime<Utc>, now: DateTime<Utc>) -> HeaderValue {
    set(SESSION, token.expose(), "Strict", (expires_at - now).num_seconds().max(0))
}

/// Removes the session cookie.
pub(crate) fn clear_session() -> HeaderValue {
    set(SESSION, "", "Strict", 0)
}

/// Sets the authorisation cookie for somebody who leaves for Meta's dialog.
pub(crate) fn set_authorisation(token: &Secret) -> HeaderValue {
    set(AUTHORISATION, token.expose(), "Lax", AUTHORISATION_LIFETIME.num_seconds())
}

/// Sets the cookie of a client's choice for as long as that is open.
pub(crate) fn set_choice(token: &Secret) -> HeaderValue {
    set(CHOICE, token.expose(), "Lax", connections::connect::CLIENT_CHOICE_LIFETIME.num_seconds())
}

/// Removes the authorisation cookie.
pub(crate) fn clear_authorisation() -> HeaderValue {
    set(AUTHORISATION, "", "Lax", 0)
}

fn set(name: &str, value: &str, same_site: &str, seconds: i64) -> HeaderValue {
    let text = format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite={same_site}; Max-Age={seconds}");
    let mut value = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn find(headers: &HeaderMap, name: &str) -> Option<Secret> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| Secret::new(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_for_this_host_only_and_out_of_reach_of_scripts() {
        let value = set_authorisation(&Secret::new("abc"));
        assert_eq!(
            value.to_str().unwrap(),
            "__Host-mooring_oauth=abc; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=3600"
        );
        assert!(value.is_sensitive());
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, "a=b; __Host-mooring_session=xyz; c=d".parse().unwrap());
        assert_eq!(session(&headers).unwrap().expose(), "xyz");
        assert!(authorisation(&headers).is_none());
    }
}
