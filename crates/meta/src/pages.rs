//! The Pages a person may use, and the Instagram accounts behind them
//! (`/docs/graph-api/reference/user/accounts`).

use std::collections::BTreeSet;

use platform::Secret;
use serde_json::Value;

use crate::body;
use crate::call::{Call, Host, Purpose, known_id};
use crate::client::Client;
use crate::debug_token::TokenDebug;
use crate::error::{Cause, Error, ErrorKind};
use crate::exchange;
use crate::lists::Limit;

/// The person's own list of Pages.
const LISTED: Limit = Limit { entries: 10_000, steps: 100 };
/// The person's businesses.
const BUSINESSES: Limit = Limit { entries: 200, steps: 5 };
/// The Pages of one business.
const OF_BUSINESS: Limit = Limit { entries: 1_000, steps: 10 };
/// Pages that are found at all; beyond that something is wrong at Meta.
const MOST_PAGES: usize = 20_000;
/// Calls that looking for left-out Pages may cost.
const MAX_FALL_BACK_CALLS: usize = 100;

/// Fields of a Page node. Naming fields drops the defaults, so the token has to be named.
const PAGE_FIELDS: &str = "id,name,access_token,\
     instagram_business_account{id,username,name,profile_picture_url,followers_count}";

/// A Facebook Page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The Page's id.
    pub id: String,
    /// Its name.
    pub name: Option<String>,
    /// The Page's own token. From a long-lived user token it has no end of its own; absent when the
    /// person has no task on the Page.
    pub access_token: Option<Secret>,
    /// What the person may do, such as `ANALYZE` or `MANAGE`; only in the person's own list.
    pub tasks: Vec<String>,
    /// The professional account linked to the Page.
    pub instagram: Option<PageInstagramAccount>,
}

/// The Instagram professional account behind a Page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageInstagramAccount {
    /// The professional account's id (`17841…`).
    pub id: String,
    /// The handle.
    pub username: Option<String>,
    /// The displayed name.
    pub name: Option<String>,
    /// The picture, at an address that expires.
    pub profile_picture_url: Option<String>,
    /// Followers now.
    pub followers_count: Option<i64>,
}

impl Client {
    /// All Pages that the person may use. Meta leaves Pages out of its list that are held through a
    /// business portfolio; where the list cannot be all, they are looked for by the ids that `debug`
    /// names and then in the person's businesses. What these detours fail to find is just missing.
    ///
    /// # Errors
    /// When the list itself cannot be read.
    pub async fn pages(&self, token: &Secret, debug: Option<&TokenDebug>) -> Result<Vec<Page>, Error> {
        let fields = format!("{PAGE_FIELDS},tasks");
        let listed = self.list_pages(token, &["me", "accounts"], LISTED, &fields).await;
        let mut found = Found::default();
        // A person whose Pages are all in portfolios may not be allowed a list of their own.
        let no_list = match listed {
            Ok(pages) => {
                found.add_all(pages);
                None
            }
            Err(error) if is_about_one_object(&error) => Some(error),
            Err(error) => return Err(error),
        };
        if let Err(error) = self.look_for_more(token, debug, &mut found).await {
            tracing::debug!(%error, "stopped looking for further Pages");
        }
        match no_list {
            Some(error) if found.pages.is_empty() => Err(error),
            _ => Ok(found.pages),
        }
    }

    /// One Page, with its token.
    ///
    /// # Errors
    /// As classified; `Gone` when the token does not lead to the Page.
    pub async fn page(&self, token: &Secret, page_id: &str) -> Result<Page, Error> {
        let host = Host::FacebookGraph;
        known_id(host, page_id)?;
        let call = Call::get(host, Purpose::Page, &[page_id]).query("fields", PAGE_FIELDS);
        let answer = self.send(self.sign(call, token)?).await?;
        page(&answer.body).ok_or_else(|| Error::malformed(host, "the answer has no id"))
    }

    async fn look_for_more(
        &self,
        token: &Secret,
        debug: Option<&TokenDebug>,
        found: &mut Found,
    ) -> Result<(), Error> {
        let mut calls_left = MAX_FALL_BACK_CALLS;
        for id in debug.map(granted_pages).unwrap_or_default() {
            if found.ids.contains(&id) {
                continue;
            }
            if calls_left == 0 {
                return Ok(());
            }
            calls_left -= 1;
            if let Some(page) = unless_pointless(self.page(token, &id).await)? {
                found.add(page);
            }
        }

        let may_list_businesses =
            debug.is_none_or(|debug| debug.scopes.iter().any(|scope| scope == "business_management"));
        if !may_list_businesses || found.is_all(debug) {
            return Ok(());
        }
        let call =
            || Call::get(Host::FacebookGraph, Purpose::User, &["me", "businesses"]).query("fields", "id");
        for business in self.walk(token, BUSINESSES, call, |business| body::id(business, "id")).await? {
            for edge in ["owned_pages", "client_pages"] {
                if calls_left == 0 {
                    return Ok(());
                }
                calls_left -= 1;
                let pages = self.list_pages(token, &[&business, edge], OF_BUSINESS, PAGE_FIELDS).await;
                found.add_all(unless_pointless(pages)?.unwrap_or_default());
            }
        }
        Ok(())
    }

    /// The Pages of a list.
    async fn list_pages(
        &self,
        token: &Secret,
        path: &[&str],
        limit: Limit,
        fields: &str,
    ) -> Result<Vec<Page>, Error> {
        let purpose = if path.first() == Some(&"me") { Purpose::User } else { Purpose::Page };
        let call = || Call::get(Host::FacebookGraph, purpose, path).query("fields", fields.to_owned());
        self.walk(token, limit, call, page).await
    }
}

/// Pages by first sight.
#[derive(Default)]
struct Found {
    ids: BTreeSet<String>,
    pages: Vec<Page>,
}

impl Found {
    fn add(&mut self, page: Page) {
        if self.pages.len() < MOST_PAGES && self.ids.insert(page.id.clone()) {
            self.pages.push(page);
        }
    }

    fn add_all(&mut self, pages: Vec<Page>) {
        pages.into_iter().for_each(|page| self.add(page));
    }

    /// Whether nothing suggests that Pages are missing: there are Instagram accounts, and every one
    /// that was granted is among them. Where all were granted and none by name, that cannot be said.
    fn is_all(&self, debug: Option<&TokenDebug>) -> bool {
        let all_granted = |debug: &TokenDebug| {
            let mut scopes = debug.granular_scopes.iter();
            scopes.any(|granted| granted.scope.starts_with("instagram_") && granted.target_ids.is_none())
        };
        if debug.is_some_and(all_granted) {
            return false;
        }
        let accounts: BTreeSet<&str> = self
            .pages
            .iter()
            .filter_map(|page| page.instagram.as_ref())
            .map(|account| account.id.as_str())
            .collect();
        let granted = debug.map(granted_accounts).unwrap_or_default();
        !accounts.is_empty() && granted.iter().all(|id| accounts.contains(id.as_str()))
    }
}

/// Pages that a permission was granted for by name.
fn granted_pages(debug: &TokenDebug) -> BTreeSet<String> {
    granted(debug, "pages_")
}

/// Instagram accounts that a permission was granted for by name.
fn granted_accounts(debug: &TokenDebug) -> BTreeSet<String> {
    granted(debug, "instagram_")
}

fn granted(debug: &TokenDebug, prefix: &str) -> BTreeSet<String> {
    let scopes = debug.granular_scopes.iter().filter(|granted| granted.scope.starts_with(prefix));
    scopes.filter_map(|granted| granted.target_ids.as_ref()).flatten().cloned().collect()
}

/// Passes over what is wrong with one object, and ends the search where every further call would
/// fail alike.
fn unless_pointless<T>(result: Result<T, Error>) -> Result<Option<T>, Error> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) => match error.kind() {
            ErrorKind::Reauthorise(cause) if cause != Cause::PageRoleLost => Err(error),
            ErrorKind::Throttled { .. }
            | ErrorKind::Blocked
            | ErrorKind::Operator(_)
            | ErrorKind::NotConfigured => Err(error),
            _ => Ok(None),
        },
    }
}

/// Whether a refusal says nothing about further objects.
fn is_about_one_object(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Permission | ErrorKind::BadRequest | ErrorKind::Gone)
}

pub(crate) fn page(entry: &Value) -> Option<Page> {
    Some(Page {
        id: body::id(entry, "id")?,
        name: body::name(entry, "name"),
        access_token: exchange::token(entry, "access_token"),
        tasks: body::texts(entry, "tasks").unwrap_or_default(),
        instagram: entry.get("instagram_business_account").and_then(instagram),
    })
}

fn instagram(entry: &Value) -> Option<PageInstagramAccount> {
    Some(PageInstagramAccount {
        id: body::id(entry, "id")?,
        username: body::name(entry, "username"),
        name: body::name(entry, "name"),
        profile_picture_url: body::web_address(entry, "profile_picture_url"),
        followers_count: body::integer(entry, "followers_count").filter(|count| *count >= 0),
    })
}

#[cfg(test)]
mod tests;
