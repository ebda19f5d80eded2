//! What the pages behind links have in common: words, refusals, and whether a person is looking.

use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::Response;
use entity::connection::Provider;
use maud::{Markup, html};
use serde::Deserialize;

use super::page;

/// What the way through Meta's dialog brought, when a page is shown after it.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct After {
    pub(super) outcome: Option<String>,
    /// Handles that came back, or permissions that are missing, joined by commas.
    #[serde(default)]
    what: String,
}

impl After {
    /// The address of a link's page that says how the dialog ended. Showing it under the address that
    /// Meta called would keep the code in the browser's history and repeat it on reload.
    pub(super) fn address(page: &str, outcome: &str, what: &[String]) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("outcome", outcome);
        if !what.is_empty() {
            query.append_pair("what", &what.join(","));
        }
        format!("{page}?{}", query.finish())
    }

    /// What came back. The address can be made up by anybody, so only what looks like a handle or a
    /// scope is repeated.
    pub(super) fn listed(&self) -> impl Iterator<Item = &str> {
        let is_word = |item: &&str| {
            !item.is_empty()
                && item.len() <= 64
                && item.bytes().all(|b| b.is_ascii_alphanumeric() || b"._".contains(&b))
        };
        self.what.split(',').map(str::trim).filter(is_word).take(20)
    }

    /// What to say about an end that can be that of any dialog.
    pub(super) fn notice(&self) -> Option<Markup> {
        Some(match self.outcome.as_deref()? {
            "denied" => html! { p { "You cancelled at Meta, so nothing was changed." } },
            "permission" => html! {
                p { "These permissions are needed to read the numbers and were not granted:" }
                ul { @for (words, _) in self.listed().filter_map(permission) { li { (words) } } }
                p { "Nothing was changed. Please leave all boxes ticked." }
            },
            "refused" => html! {
                p { "That took too long, or began in another browser. For your safety nothing was changed." }
            },
            "failed" => html! {
                p { "Meta did not complete it, so nothing was changed. Please try again in a few minutes." }
            },
            _ => return None,
        })
    }
}

/// Whether a person is looking at a page, as far as that can be known without the page doing anything.
/// Scanners that follow the links of mails mostly ask for a page alone, or for its head; a browser that
/// opens it for somebody says that it will be shown, and does not say that it only fetches ahead
/// (Fetch Metadata, `Sec-Fetch-Dest`; `Sec-Purpose`). A scanner with a whole browser cannot be told
/// from a person, so nothing may hang on this but what the team reads.
pub(super) fn is_looked_at(method: &Method, headers: &HeaderMap) -> bool {
    let is = |name: &str, value: &str| headers.get(name).is_some_and(|found| found == value);
    method == Method::GET
        && is("sec-fetch-dest", "document")
        && is("sec-fetch-mode", "navigate")
        && !headers.contains_key("sec-purpose")
        && !headers.contains_key("purpose")
}

/// A permission in the words of Meta's own dialog, and what it is for; nothing for one that we never
/// ask for.
pub(super) fn permission(scope: &str) -> Option<(&'static str, &'static str)> {
    Some(match scope {
        "instagram_basic" | "instagram_business_basic" => (
            "See the profile and the posts of the Instagram account",
            "to know which account it is and how many followers it has",
        ),
        "instagram_manage_insights" | "instagram_business_manage_insights" => {
            ("See the insights of the Instagram account", "to collect its numbers")
        }
        "pages_show_list" => ("Show the list of the Pages you manage", "to let you choose among them"),
        "pages_read_engagement" => {
            ("Read what is published on the Page", "because Meta ties the Instagram account to its Page")
        }
        "business_management" => {
            ("See the Pages of your business portfolio", "to find Pages that are not listed otherwise")
        }
        _ => return None,
    })
}

/// Handles in a sentence: `@a`, `@a and @b`, `@a, @b and @c`.
pub(super) fn listing(handles: &[String]) -> Markup {
    html! {
        @for (position, handle) in handles.iter().enumerate() {
            @if position > 0 { @if position + 1 == handles.len() { " and " } @else { ", " } }
            strong class="handle" { "@" (handle) }
        }
    }
}

/// Where a login happens.
pub(super) fn host(provider: Provider) -> &'static str {
    match provider {
        Provider::FacebookLogin => "Facebook",
        Provider::InstagramLogin => "Instagram",
    }
}

pub(super) fn unknown() -> Response {
    let text =
        html! { p { "Perhaps a part of the address got lost. Please copy the whole link from the mail." } };
    page(StatusCode::NOT_FOUND, "There is no such link", &text)
}

pub(super) fn not_configured() -> Response {
    let text = html! { p { "This login is not available at the moment. Please tell the agency." } };
    page(StatusCode::SERVICE_UNAVAILABLE, "This cannot be started", &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_a_browser_that_shows_the_page_looks_at_it() {
        let browser = [("sec-fetch-dest", "document"), ("sec-fetch-mode", "navigate")];
        assert!(is_looked_at(&Method::GET, &headers(&browser)));
        assert!(!is_looked_at(&Method::HEAD, &headers(&browser)));
        assert!(!is_looked_at(&Method::GET, &headers(&[])));
        assert!(!is_looked_at(&Method::GET, &headers(&[("sec-fetch-dest", "empty"), browser[1]])));
        for ahead in [("sec-purpose", "prefetch;prerender"), ("purpose", "prefetch")] {
            assert!(!is_looked_at(&Method::GET, &headers(&[browser[0], browser[1], ahead])), "{ahead:?}");
        }
    }

    #[test]
    fn nothing_but_handles_and_scopes_is_repeated() {
        let after = After { outcome: None, what: "studio.nord,<b>x</b>, a_b ,,call +49 1".to_owned() };
        assert_eq!(after.listed().collect::<Vec<_>>(), ["studio.nord", "a_b"]);
    }

    #[test]
    fn every_permission_that_is_asked_for_has_its_words() {
        for login in [::meta::Provider::FacebookLogin, ::meta::Provider::InstagramLogin] {
            for scope in ::meta::scopes(login) {
                assert!(permission(scope).is_some(), "{scope}");
            }
        }
    }
}
