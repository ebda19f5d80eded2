//! A person in Meta's dialogs: opens the page, fills in the form, and is sent back.

use std::collections::BTreeMap;

use url::Url;

/// What the person does there.
#[derive(Clone, Debug)]
pub(crate) struct Consent {
    person: String,
    /// Only these Pages; all of them when absent.
    pages: Option<Vec<String>>,
    /// Permissions that are unticked.
    declined: Vec<String>,
    cancels: bool,
}

impl Consent {
    /// Agrees to everything, as the person (or, with Instagram Login, the account) with this id.
    pub(crate) fn of(person: &str) -> Self {
        Self { person: person.to_owned(), pages: None, declined: Vec::new(), cancels: false }
    }

    /// Ticks only these Pages.
    pub(crate) fn only_pages(mut self, pages: &[&str]) -> Self {
        self.pages = Some(pages.iter().map(|page| (*page).to_owned()).collect());
        self
    }

    /// Unticks a permission.
    pub(crate) fn without(mut self, permission: &str) -> Self {
        self.declined.push(permission.to_owned());
        self
    }

    /// Presses the other button.
    pub(crate) fn cancelled(person: &str) -> Self {
        Self { cancels: true, ..Self::of(person) }
    }

    /// Goes through the dialog; gives the address that the browser is sent back to.
    pub(crate) async fn at(&self, http: &reqwest::Client, dialog: &str) -> Url {
        let page = http.get(dialog).send().await.expect("the dialog");
        let (status, url) = (page.status(), page.url().clone());
        let html = page.text().await.expect("the page of the dialog");
        assert!(status.is_success(), "the dialog answered {status}: {html}");
        let action =
            tags(&html, "form").first().and_then(|form| form.get("action").cloned()).expect("a form");
        let answer = http
            .post(url.join(&action).expect("an address"))
            .form(&self.form(&html))
            .send()
            .await
            .expect("the dialog");
        let location =
            answer.headers().get("location").and_then(|value| value.to_str().ok()).map(str::to_owned);
        let location = location.unwrap_or_else(|| panic!("the dialog sent nobody back: {}", answer.status()));
        url.join(&location).expect("an address to go back to")
    }

    fn form(&self, html: &str) -> Vec<(String, String)> {
        let mut form = Vec::new();
        let mut offered = false;
        for input in tags(html, "input") {
            let (Some(name), Some(value)) = (input.get("name"), input.get("value")) else { continue };
            let kind = input.get("type").map(String::as_str);
            let sent = match (kind, name.as_str()) {
                (Some("radio"), "person") => {
                    offered |= *value == self.person;
                    *value == self.person
                }
                (Some("checkbox"), "page") => self.pages.as_ref().is_none_or(|pages| pages.contains(value)),
                (Some("checkbox"), "scope") => !self.declined.contains(value),
                (Some("hidden"), _) => true,
                _ => input.contains_key("checked"),
            };
            if sent {
                form.push((name.clone(), value.clone()));
            }
        }
        assert!(offered, "the dialog does not offer {}", self.person);
        form.push(("decision".to_owned(), if self.cancels { "cancel" } else { "continue" }.to_owned()));
        form
    }
}

/// The attributes of every tag of a kind. Enough for pages that we know.
fn tags(html: &str, kind: &str) -> Vec<BTreeMap<String, String>> {
    html.split(&format!("<{kind} "))
        .skip(1)
        .map(|rest| attributes(rest.split('>').next().unwrap_or_default()))
        .collect()
}

fn attributes(text: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let (value, after) = match after.strip_prefix("=\"").and_then(|quoted| quoted.split_once('"')) {
            Some((value, after)) => (unescaped(value), after),
            None => (String::new(), after),
        };
        found.insert(name.to_owned(), value);
        rest = after.trim_start();
    }
    found
}

fn unescaped(text: &str) -> String {
    text.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}
