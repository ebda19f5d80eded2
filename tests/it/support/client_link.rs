//! A connect link, and a client who uses it in a browser of their own.

use reqwest::Method;
use serde_json::{Value, json};

use super::client::text;
use super::{Agency, Answer, Browser, Consent, Installation};

impl Agency<'_> {
    /// Makes a connect link; gives its address.
    pub(crate) async fn connect_link(&self, more: Value) -> String {
        let mut input = json!({ "workspaceId": self.workspace, "clientName": "Lindqvist Bakeries" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        text(&self.client.mutate("createConnectLink", input, "link { url }").await, "/link/url")
    }

    /// The connect links of the workspace, the newest first.
    pub(crate) async fn connect_links(&self) -> Vec<Value> {
        let document = "query ($id: ID!) { workspace(id: $id) { connectLinks(first: 50) { nodes { id state usable \
             clientName provider url sentTo contactEmail createdBy starts accountCount accounts { username } } } } }";
        let data = self.client.query(document, json!({ "id": self.workspace })).await;
        data["workspace"]["connectLinks"]["nodes"].as_array().expect("links").clone()
    }

    /// Where reconnect mails of an account go.
    pub(crate) async fn contact_of(&self, account: &str) -> Value {
        let document = "query ($id: ID!) { account(id: $id) { contactEmail } }";
        self.client.query(document, json!({ "id": account })).await["account"]["contactEmail"].take()
    }

    /// How far the newest connect link is.
    pub(crate) async fn connect_link_state(&self) -> String {
        text(&self.connect_links().await[0], "/state")
    }
}

impl Installation {
    /// How often something was done with connect links, by the audit trail.
    pub(crate) async fn link_trail(&self, action: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM audit_event WHERE action = 'connect_link.{action}'");
        self.store.number(&sql).await
    }
}

/// Somebody without a login who has a connect link.
pub(crate) struct Guest<'a> {
    installation: &'a Installation,
    pub(crate) browser: Browser,
    pub(crate) link: String,
}

impl<'a> Guest<'a> {
    pub(crate) fn with(installation: &'a Installation, link: &str) -> Self {
        Self { installation, browser: installation.browser(), link: link.to_owned() }
    }

    /// Opens a page as a browser does that shows it to somebody.
    pub(crate) async fn look(&self) -> Answer {
        look_at(&self.browser, &self.link).await
    }

    /// Presses the button of a login.
    pub(crate) async fn start(&self, login: &str) -> Answer {
        self.browser.post(&self.link, &[("login", login)]).await
    }

    /// Goes through the dialog of a login up to our own page.
    pub(crate) async fn log_in(&self, login: &str, consent: &Consent) -> Answer {
        let started = self.start(login).await;
        assert_eq!(started.status, 303, "{}", started.text);
        let callback = consent.at(&self.installation.http, started.location().as_str()).await;
        self.browser.land(&callback).await
    }

    /// Sends the form of a chooser with these fields.
    pub(crate) async fn choose(&self, chooser: &Answer, fields: &[(&str, &str)]) -> Answer {
        let token = form_token(chooser);
        let mut form = vec![("form", token.as_str())];
        form.extend(fields);
        self.browser.post(&self.choice(), &form).await
    }

    /// The address of the chooser.
    pub(crate) fn choice(&self) -> String {
        format!("{}/choose", self.link)
    }
}

/// Opens a page as a browser does that shows it to somebody.
pub(crate) async fn look_at(browser: &Browser, address: &str) -> Answer {
    let request = browser.request(Method::GET, address);
    let request = request.header("sec-fetch-dest", "document").header("sec-fetch-mode", "navigate");
    browser.send(request).await
}

/// What the form of a chooser has to bring back.
pub(crate) fn form_token(chooser: &Answer) -> String {
    let rest = chooser.text.split("name=\"form\" value=\"").nth(1);
    let token = rest.and_then(|rest| rest.split('"').next());
    token.unwrap_or_else(|| panic!("no form: {} {}", chooser.status, chooser.text)).to_owned()
}
