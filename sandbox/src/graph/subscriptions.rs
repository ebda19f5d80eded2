//! Webhook subscriptions (page "Webhooks: getting started"): those of the app, whose address has to
//! prove itself, and those of a Page or a professional account.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Outcome, page::visible};
use crate::{
    call::Answer,
    config::is_loopback,
    control,
    error::GraphError,
    people::{Account, Page},
    state::Sandbox,
    visit::{Caller, Visit},
};

/// Where the app wants to hear about one kind of object.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Subscription {
    callback_url: String,
    fields: Vec<String>,
}

/// A subscription whose address has not answered yet.
#[derive(Debug)]
pub(crate) struct Unverified {
    object: String,
    subscription: Subscription,
    verify_token: String,
}

/// How long an address may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Fields of the object `instagram`.
const INSTAGRAM: &[&str] = &[
    "comments",
    "live_comments",
    "mentions",
    "messages",
    "message_reactions",
    "message_echoes",
    "message_edit",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "messaging_optins",
    "messaging_handover",
    "standby",
    "messaging_policy_enforcement",
    "response_feedback",
    "story_insights",
];

/// Fields of a Page, as Meta's business SDK enumerates them.
const PAGE: &[&str] = &[
    "affiliation",
    "agent_messages",
    "agent_questions",
    "attire",
    "awards",
    "bio",
    "birthday",
    "business_integrity",
    "call_permission_reply",
    "call_settings_update",
    "calls",
    "category",
    "checkins",
    "comment_poll_response",
    "company_overview",
    "conversations",
    "culinary_team",
    "current_location",
    "description",
    "email",
    "feature_access_list",
    "feed",
    "follow",
    "founded",
    "general_info",
    "general_manager",
    "group_feed",
    "hometown",
    "hours",
    "inbox_labels",
    "invoice_access_bank_slip_events",
    "invoice_access_invoice_change",
    "invoice_access_invoice_draft_change",
    "invoice_access_onboarding_status_active",
    "leadgen",
    "leadgen_fat",
    "leadgen_update",
    "live_videos",
    "local_delivery",
    "location",
    "marketing_message_clicks",
    "marketing_message_deliveries",
    "marketing_message_delivery_failed",
    "marketing_message_echoes",
    "marketing_message_reads",
    "marketing_messages_subscriber_upload_status",
    "mcom_invoice_change",
    "members",
    "mention",
    "merchant_review",
    "message_context",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_mention",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "messages",
    "messaging_account_linking",
    "messaging_appointments",
    "messaging_checkout_updates",
    "messaging_customer_information",
    "messaging_direct_sends",
    "messaging_fblogin_account_linking",
    "messaging_feedback",
    "messaging_game_plays",
    "messaging_handovers",
    "messaging_in_thread_lead_form_submit",
    "messaging_integrity",
    "messaging_optins",
    "messaging_optouts",
    "messaging_payments",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_pre_checkouts",
    "messaging_referrals",
    "mission",
    "name",
    "page_about_story",
    "page_change_proposal",
    "page_upcoming_change",
    "parking",
    "payment_options",
    "payment_request_update",
    "personal_info",
    "personal_interests",
    "phone",
    "picture",
    "price_range",
    "product_review",
    "products",
    "public_transit",
    "publisher_subscriptions",
    "ratings",
    "registration",
    "response_feedback",
    "send_cart",
    "standby",
    "story_poll_response",
    "story_share",
    "user_action",
    "video_text_question_responses",
    "videos",
    "website",
];

/// The field list sent under this name, all of them known.
fn fields(visit: &Visit<'_>, name: &str, known: &[&str]) -> Result<Vec<String>, GraphError> {
    let list = visit
        .call
        .params
        .list(name)
        .ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required")))?;
    match list.iter().position(|field| !known.contains(&field.as_str())) {
        Some(index) => Err(GraphError::parameter(format!(
            "Param {name}[{index}] must be one of {{{}}} - got \"{}\".",
            known.join(", ").to_uppercase(),
            list[index]
        ))),
        None => Ok(list),
    }
}

/// `/{page-id}/subscribed_apps`; changes need the Page's own token.
pub(super) fn of_page(visit: &mut Visit<'_>, caller: &Caller, page: &Page) -> Outcome {
    let person = visible(visit, caller, page)?;
    if visit.call.method != "GET" {
        let right = |message: &str| GraphError::new(403, 200, format!("(#200) {message}"));
        if !matches!(caller, Caller::Page(..)) {
            return Err(right("A page access token is required to request this resource."));
        }
        if !visit.grant(&person).has("pages_manage_metadata") {
            return Err(right(
                "To subscribe to a Page's webhooks the permission pages_manage_metadata is needed",
            ));
        }
    }
    let app = visit.app_id().to_owned();
    subscribed_apps(visit, page.id, &app, &[PAGE, INSTAGRAM].concat())
}

/// `/{ig-id}/subscribed_apps` of Instagram Login, which has an app id of its own.
pub(crate) fn of_account(visit: &mut Visit<'_>, account: &Account) -> Outcome {
    let app = visit.sandbox.config.instagram_app_id.clone();
    // The numbers of stories are told to apps with Facebook Login only.
    let known: Vec<&str> = INSTAGRAM.iter().copied().filter(|field| *field != "story_insights").collect();
    subscribed_apps(visit, account.id, &app, &known)
}

fn subscribed_apps(visit: &mut Visit<'_>, id: u64, app: &str, known: &[&str]) -> Outcome {
    match visit.call.method.as_str() {
        "POST" => {
            let fields = fields(visit, "subscribed_fields", known)?;
            visit.state().subscriptions.insert(id, fields);
            Ok(json!({"success": true}))
        }
        "DELETE" => {
            visit.state().subscriptions.remove(&id);
            Ok(json!({"success": true}))
        }
        "GET" => {
            let name = &visit.inner.state.settings.app_name;
            let subscribed = visit.inner.state.subscriptions.get(&id);
            let data: Vec<Value> = subscribed
                .map(|fields| json!({"id": app, "name": name, "subscribed_fields": fields}))
                .into_iter()
                .collect();
            Ok(json!({ "data": data }))
        }
        _ => Err(visit.missing(id)),
    }
}

/// `/{app-id}/subscriptions`; only the app itself may.
pub(super) fn of_app(visit: &mut Visit<'_>, caller: &Caller) -> Outcome {
    if !matches!(caller, Caller::App) {
        return Err(GraphError::new(400, 15, "(#15) This method must be called with an app access_token."));
    }
    match visit.call.method.as_str() {
        "POST" => subscribe(visit),
        "DELETE" => {
            match visit.call.params.filled("object").map(str::to_owned) {
                Some(object) => drop(visit.state().app_subscriptions.remove(&object)),
                None => visit.state().app_subscriptions.clear(),
            }
            Ok(json!({"success": true}))
        }
        _ => {
            let version = visit.version.to_string();
            let rows = visit.inner.state.app_subscriptions.iter().map(|(object, subscription)| {
                let fields: Vec<Value> = subscription
                    .fields
                    .iter()
                    .map(|name| json!({"name": name, "version": version}))
                    .collect();
                json!({
                    "object": object,
                    "callback_url": subscription.callback_url,
                    "active": true,
                    "fields": fields,
                })
            });
            Ok(json!({"data": rows.collect::<Vec<Value>>()}))
        }
    }
}

fn subscribe(visit: &mut Visit<'_>) -> Outcome {
    let needed = |name: &str| {
        let value = visit.call.params.filled(name).map(str::to_owned);
        value.ok_or_else(|| GraphError::parameter(format!("The parameter {name} is required")))
    };
    let (object, callback_url, verify_token) =
        (needed("object")?, needed("callback_url")?, needed("verify_token")?);
    let known = match object.as_str() {
        "instagram" => INSTAGRAM,
        "page" => PAGE,
        _ => return Err(GraphError::parameter("Param object must be one of {INSTAGRAM, PAGE}")),
    };
    let fields = fields(visit, "fields", known)?;
    let url = url::Url::parse(&callback_url).ok();
    // Meta wants https; plain http is for this machine.
    if url.is_none_or(|url| url.scheme() != "https") && !is_loopback(&callback_url) {
        return Err(GraphError::parameter("Param callback_url must be a valid https URL"));
    }
    let reachable = is_loopback(&callback_url);
    let subscription = Subscription { callback_url, fields };
    if reachable && visit.inner.state.settings.verify_subscriptions {
        visit.inner.unverified = Some(Unverified { object, subscription, verify_token });
    } else {
        visit.state().app_subscriptions.insert(object, subscription);
    }
    Ok(json!({"success": true}))
}

impl Unverified {
    /// Asks the address for its challenge; only one that gives it back becomes a subscription.
    pub(crate) async fn settle(self, sandbox: &Sandbox, granted: Answer) -> Answer {
        let asked =
            control::ask_for_challenge(sandbox, &self.subscription.callback_url, &self.verify_token, None);
        let reason = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(Ok(asked)) if asked.verified() => {
                sandbox.inner().state.app_subscriptions.insert(self.object, self.subscription);
                return granted;
            }
            Ok(Ok(asked)) if asked.status == 200 => "the challenge did not come back".to_owned(),
            Ok(Ok(asked)) => format!("HTTP Status Code = {}", asked.status),
            Ok(Err(refusal)) => refusal.text().to_owned(),
            Err(_) => "the address did not answer in time".to_owned(),
        };
        Answer { headers: granted.headers, ..Self::refusal(&reason).answer() }
    }

    /// The refusal of an address that did not prove itself.
    pub(crate) fn refusal(reason: &str) -> GraphError {
        GraphError::new(
            400,
            2200,
            format!("(#2200) Callback verification failed with the following errors: {reason}"),
        )
    }
}
