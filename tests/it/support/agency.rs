//! A person with a workspace and connected accounts.

use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use super::client::text;
use super::{Answer, Client, Consent, Installation, until};

/// A password that is good enough.
pub(crate) const PASSWORD: &str = "seven lanterns over the quay";

/// What a behaviour usually asks of an account.
const ACCOUNT: &str = "id instagramId username provider insightsCollectedAt page { name } \
     tokenHealth { state urgency reason nextStep expiresAt daysLeft lastRefreshedAt missingScopes }";

/// A login that Meta offers.
pub(crate) const FACEBOOK: &str = "FACEBOOK_LOGIN";
/// The other one.
pub(crate) const INSTAGRAM: &str = "INSTAGRAM_LOGIN";

/// A member of a workspace.
pub(crate) struct Agency<'a> {
    pub(crate) installation: &'a Installation,
    pub(crate) client: Client,
    pub(crate) workspace: String,
    email: String,
}

/// An account as the API shows it.
#[derive(Clone, Debug)]
pub(crate) struct Account(pub(crate) Value);

impl Account {
    pub(crate) fn id(&self) -> String {
        text(&self.0, "/id")
    }

    pub(crate) fn instagram_id(&self) -> String {
        text(&self.0, "/instagramId")
    }

    pub(crate) fn username(&self) -> String {
        text(&self.0, "/username")
    }

    pub(crate) fn state(&self) -> String {
        text(&self.0, "/tokenHealth/state")
    }

    /// State and reason.
    pub(crate) fn health(&self) -> (String, Option<String>) {
        (self.state(), self.0["tokenHealth"]["reason"].as_str().map(str::to_owned))
    }

    pub(crate) fn days_left(&self) -> i64 {
        self.0["tokenHealth"]["daysLeft"].as_i64().expect("days")
    }
}

impl Installation {
    /// A person who has signed up, confirmed the address and signed in. Where no worker runs, one
    /// brings the mail and goes again.
    pub(crate) async fn person(&self, email: &str) -> Client {
        let mut client = self.stranger();
        let input = json!({ "email": email, "password": PASSWORD, "name": "Anna Quist" });
        client.mutate("signUp", input, "").await;
        let postman = self.worker.is_none().then(|| self.another_worker("postman"));
        let link: Url = self.sandbox.mailed_link(email, "/confirm").await.parse().expect("a link");
        if let Some(mut postman) = postman {
            postman.terminate(Duration::from_secs(10)).await;
        }
        let token = link.fragment().and_then(|text| text.strip_prefix("token=")).expect("a token").to_owned();
        client.mutate("confirmEmail", json!({ "token": token, "password": PASSWORD }), "").await;
        client.sign_in(email, PASSWORD).await;
        client
    }

    /// A person with a workspace.
    pub(crate) async fn agency(&self, email: &str) -> Agency<'_> {
        let client = self.person(email).await;
        let payload =
            client.mutate("createWorkspace", json!({ "name": "Northlight" }), "workspace { id }").await;
        Agency {
            installation: self,
            client,
            workspace: text(&payload, "/workspace/id"),
            email: email.to_owned(),
        }
    }

    /// A person who comes back to the workspace that they have.
    pub(crate) async fn returning(&self, email: &str) -> Agency<'_> {
        let mut client = self.stranger();
        client.sign_in(email, PASSWORD).await;
        let data = client.query("{ viewer { memberships { workspace { id } } } }", json!({})).await;
        let workspace = text(&data, "/viewer/memberships/0/workspace/id");
        Agency { installation: self, client, workspace, email: email.to_owned() }
    }
}

impl Agency<'_> {
    /// Signs in once more, after the clock has moved further than a session lives.
    pub(crate) async fn sign_in_again(&mut self) {
        self.client.sign_in(&self.email, PASSWORD).await;
    }

    /// Starts the dialog for new accounts and gives its address.
    pub(crate) async fn start_connect(&self, provider: &str) -> String {
        let input = json!({ "workspaceId": self.workspace, "provider": provider });
        text(&self.client.mutate("startConnect", input, "authorizationUrl").await, "/authorizationUrl")
    }

    /// Goes through the dialog up to the choice of accounts; gives its id.
    pub(crate) async fn log_in(&self, provider: &str, consent: &Consent) -> String {
        let landed = self.come_back(&self.start_connect(provider).await, consent).await;
        let path = landed.location().path().to_owned();
        let id = path.strip_prefix("/connect/").unwrap_or_else(|| panic!("the login ended at {path}"));
        assert!(id.starts_with("connect:"), "the login ended at {}", landed.location());
        id.to_owned()
    }

    /// Goes through a dialog and comes back with the same browser.
    pub(crate) async fn come_back(&self, dialog: &str, consent: &Consent) -> Answer {
        let callback = consent.at(&self.installation.http, dialog).await;
        self.client.browser.get(callback.as_str()).await
    }

    /// What the login reaches.
    pub(crate) async fn candidates(&self, choice: &str) -> Vec<Value> {
        let data = self
            .client
            .query(
                "query ($id: ID!) { connectSession(id: $id) { grantedBy missingScopes \
                 candidates { instagramId username pageName state remedy } } }",
                json!({ "id": choice }),
            )
            .await;
        data["connectSession"]["candidates"].as_array().expect("candidates").clone()
    }

    /// Adds accounts.
    pub(crate) async fn choose(&self, choice: &str, ids: &[String], contact: &str) -> Vec<Account> {
        let input = json!({ "connectSessionId": choice, "instagramIds": ids, "contactEmail": contact });
        let payload = self.client.mutate("chooseAccounts", input, &format!("accounts {{ {ACCOUNT} }}")).await;
        payload["accounts"].as_array().expect("accounts").iter().cloned().map(Account).collect()
    }

    /// Connects everything that a login reaches.
    pub(crate) async fn connect(&self, provider: &str, consent: &Consent, contact: &str) -> Vec<Account> {
        let choice = self.log_in(provider, consent).await;
        let ids: Vec<String> = self
            .candidates(&choice)
            .await
            .iter()
            .filter(|candidate| candidate["state"] == "SELECTABLE")
            .map(|candidate| text(candidate, "/instagramId"))
            .collect();
        self.choose(&choice, &ids, contact).await
    }

    /// All accounts of the workspace, by handle.
    pub(crate) async fn accounts(&self) -> Vec<Account> {
        let document = format!(
            "query ($id: ID!) {{ workspace(id: $id) {{ accounts(first: 50) {{ nodes {{ {ACCOUNT} }} }} }} }}"
        );
        let data = self.client.query(&document, json!({ "id": self.workspace })).await;
        let nodes = data["workspace"]["accounts"]["nodes"].as_array().expect("accounts");
        nodes.iter().cloned().map(Account).collect()
    }

    /// One account as it is now.
    pub(crate) async fn account(&self, id: &str) -> Account {
        let document = format!("query ($id: ID!) {{ account(id: $id) {{ {ACCOUNT} }} }}");
        Account(self.client.query(&document, json!({ "id": id })).await["account"].take())
    }

    /// Waits until the account has a state.
    pub(crate) async fn until_state(&self, id: &str, state: &str) -> Account {
        until(&format!("{id} is {state}"), async || {
            let account = self.account(id).await;
            (account.state() == state).then_some(account)
        })
        .await
    }

    /// Waits until every account of the workspace has had its insights collected.
    pub(crate) async fn until_collected(&self) {
        until("insights of every account", async || {
            let accounts = self.accounts().await;
            accounts.iter().all(|account| !account.0["insightsCollectedAt"].is_null()).then_some(())
        })
        .await;
    }

    /// Values of an account: one series of points a metric.
    pub(crate) async fn series(&self, id: &str, metrics: &[&str], from: &str, to: &str) -> Vec<Value> {
        let document = "query ($id: ID!, $metrics: [Metric!]!, $from: Date!, $to: Date!) { account(id: $id) \
             { insights(metrics: $metrics, from: $from, to: $to) { metric points { day value state } } } }";
        let variables = json!({ "id": id, "metrics": metrics, "from": from, "to": to });
        let data = self.client.query(document, variables).await;
        data["account"]["insights"].as_array().expect("series").clone()
    }

    /// Incidents of an account, the newest first.
    pub(crate) async fn incidents(&self, id: &str) -> Vec<Value> {
        let document = "query ($id: ID!) { account(id: $id) { incidents(first: 50) { nodes \
             { id cause openedAt closedAt mails { recipient state subject } } } } }";
        let data = self.client.query(document, json!({ "id": id })).await;
        data["account"]["incidents"]["nodes"].as_array().expect("incidents").clone()
    }

    /// Attempts to renew the token of an account's login, the newest first.
    pub(crate) async fn refresh_log(&self, id: &str) -> Vec<Value> {
        let document = "query ($id: ID!) { account(id: $id) { refreshLog(first: 50) { nodes \
             { id trigger outcome errorClass code oldExpiresAt newExpiresAt startedAt finishedAt } } } }";
        let data = self.client.query(document, json!({ "id": id })).await;
        data["account"]["refreshLog"]["nodes"].as_array().expect("attempts").clone()
    }

    /// Runs of an account, the newest first.
    pub(crate) async fn runs(&self, id: &str) -> Vec<Value> {
        let document = "query ($id: ID!) { account(id: $id) { runs(first: 100) { nodes \
             { id job status reason calls stored } } } }";
        let data = self.client.query(document, json!({ "id": id })).await;
        data["account"]["runs"]["nodes"].as_array().expect("runs").clone()
    }

    /// Reconnect links of an account, the newest first.
    pub(crate) async fn links(&self, id: &str) -> Vec<Value> {
        let document = "query ($id: ID!) { account(id: $id) { reconnectLinks { id state url sentTo } } }";
        let data = self.client.query(document, json!({ "id": id })).await;
        data["account"]["reconnectLinks"].as_array().expect("links").clone()
    }
}
