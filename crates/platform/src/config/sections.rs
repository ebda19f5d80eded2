//! One struct per concern. Each field names its variable.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use url::{Host, Url};

use super::Reader;
use crate::{AuthSecret, Secret, SystemClock};

/// A new key of 32 random bytes for `AUTH_SECRET` or `TOKEN_KEYS`, as one would make it by hand.
const HOW_TO_MAKE_A_KEY: &str = "32 random bytes in base64, as `openssl rand -base64 32` prints them";

/// Shortcuts that only a development set-up may take. The start announces them.
#[derive(Clone, Debug)]
pub struct Development {
    /// `MOORING_DEVELOPMENT`: allows plain http, GraphiQL and the clock offset.
    pub enabled: bool,
    /// `CLOCK_OFFSET_FILE`: a file with the seconds by which our clock is moved.
    pub clock_offset_file: Option<PathBuf>,
}

impl Development {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let enabled = reader.parsed_or("MOORING_DEVELOPMENT", false, "true or false");
        let clock_offset_file = reader.optional("CLOCK_OFFSET_FILE").map(PathBuf::from);
        if clock_offset_file.is_some() && !enabled {
            reader.fault("CLOCK_OFFSET_FILE", "needs MOORING_DEVELOPMENT=true");
        }
        Self { enabled, clock_offset_file }
    }

    /// The clock that this set-up asks for.
    #[must_use]
    pub fn clock(&self) -> SystemClock {
        self.clock_offset_file.clone().map_or_else(SystemClock::new, SystemClock::with_offset_file)
    }
}

/// The database.
#[derive(Clone, Debug)]
pub struct Storage {
    /// `DATABASE_URL`: `sqlite://path` or `postgres://user:password@host/name`.
    pub url: Secret,
    /// `DATABASE_CONNECTIONS`: the most connections one process opens.
    pub connections: u32,
}

impl Storage {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let url = reader.text_or("DATABASE_URL", "sqlite://data/mooring.db");
        if !["sqlite:", "postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
            reader.fault("DATABASE_URL", "must start with sqlite:// or postgres://");
        }
        Self { url: Secret::new(url), connections: reader.number_or("DATABASE_CONNECTIONS", 10, 2..=200) }
    }
}

/// Addresses of our own HTTP server.
#[derive(Clone, Debug)]
pub struct Http {
    /// `PUBLIC_URL`: where browsers reach us; every link and redirect URI starts with it.
    pub public_url: Url,
    /// `API_LISTEN`: the address the api listens on.
    pub api_listen: SocketAddr,
    /// `CRON_SECRET`: the bearer token of `/api/cron/…` and `/metrics`; they are refused without it.
    pub cron_secret: Option<Secret>,
}

impl Http {
    pub(super) fn read(reader: &mut Reader, development: &Development) -> Self {
        let public_url = reader.base_url_or("PUBLIC_URL", "http://127.0.0.1:8080", development.enabled);
        if public_url.as_ref().is_some_and(|url| url.path() != "/") {
            reader.fault("PUBLIC_URL", "must not have a path: cookies and addresses belong to a whole host");
        }
        let api_listen = SocketAddr::from(([127, 0, 0, 1], 8080));
        let cron_secret = reader.optional_secret("CRON_SECRET");
        if cron_secret.as_ref().is_some_and(|secret| secret.expose().len() < 16) {
            reader.fault("CRON_SECRET", "must have at least 16 characters");
        }
        Self {
            public_url: public_url.unwrap_or_else(placeholder),
            api_listen: reader.parsed_or(
                "API_LISTEN",
                api_listen,
                "an address and port such as 127.0.0.1:8080",
            ),
            cron_secret,
        }
    }

    /// The address of `path` (without a leading slash) for people's browsers.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }
}

/// Sessions and links.
#[derive(Clone, Debug)]
pub struct Auth {
    /// `AUTH_SECRET`: what session tokens and links are made from.
    pub secret: Arc<AuthSecret>,
    /// `ARGON2_MEMORY_KIB`: memory of one password hash (RFC 9106 recommends 64 MiB).
    pub argon2_memory_kib: u32,
    /// `OPERATOR_EMAILS`: the addresses, in lower case, of the people who run this installation.
    pub operator_emails: Arc<[String]>,
}

impl Auth {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let text = reader.required("AUTH_SECRET", HOW_TO_MAKE_A_KEY);
        let material = decode_base64(&text).unwrap_or_default();
        if !text.is_empty() && material.len() < 32 {
            reader.fault("AUTH_SECRET", format_args!("must be at least {HOW_TO_MAKE_A_KEY}"));
        }
        Self {
            secret: Arc::new(AuthSecret::new(&material)),
            // The floor is OWASP's: 19 MiB with two passes.
            argon2_memory_kib: reader.number_or("ARGON2_MEMORY_KIB", 65_536, 19_456..=1_048_576),
            operator_emails: operators(reader),
        }
    }
}

fn operators(reader: &mut Reader) -> Arc<[String]> {
    let text = reader.optional("OPERATOR_EMAILS").unwrap_or_default();
    let addresses: Vec<_> =
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_ascii_lowercase).collect();
    let is_address = |text: &String| {
        let parts = text.split_once('@');
        let has_parts = parts.is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
        has_parts && text.bytes().all(|byte| byte.is_ascii_graphic()) && text.matches('@').count() == 1
    };
    for (position, address) in addresses.iter().enumerate() {
        if !is_address(address) {
            reader.fault("OPERATOR_EMAILS", format_args!("entry {} must be an address", position + 1));
        }
    }
    addresses.into()
}

/// One key of the ring.
#[derive(Clone, Debug)]
pub struct TokenKey {
    /// The name stored beside every ciphertext.
    pub id: String,
    /// The 32 key bytes, in base64.
    pub key: Secret,
}

/// The key ring that seals Meta's tokens.
#[derive(Clone, Debug, Default)]
pub struct TokenKeys {
    /// `TOKEN_KEYS`: every key that may still be needed, as `id:base64` separated by commas.
    pub keys: Vec<TokenKey>,
    /// `TOKEN_ACTIVE_KEY`: the id of the key that new ciphertexts are made with.
    pub active: String,
}

impl TokenKeys {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let text = reader
            .required("TOKEN_KEYS", "a comma-separated list of id:key, each key 32 random bytes in base64");
        let active = reader.required("TOKEN_ACTIVE_KEY", "the id of the key in TOKEN_KEYS to seal with");
        let mut keys = Vec::new();
        for (position, item) in text.split(',').map(str::trim).filter(|item| !item.is_empty()).enumerate() {
            match item.split_once(':') {
                Some((id, key))
                    if is_key_id(id) && decode_base64(key).is_some_and(|bytes| bytes.len() == 32) =>
                {
                    keys.push(TokenKey { id: id.to_owned(), key: Secret::new(key) });
                }
                Some((id, _)) if is_key_id(id) => {
                    reader.fault("TOKEN_KEYS", format_args!("key {id} must be {HOW_TO_MAKE_A_KEY}"));
                }
                _ => reader.fault("TOKEN_KEYS", format_args!("entry {} must look like id:key", position + 1)),
            }
        }
        if !active.is_empty() && !keys.is_empty() && !keys.iter().any(|key| key.id == active) {
            reader.fault("TOKEN_ACTIVE_KEY", format_args!("names {active}, which is not in TOKEN_KEYS"));
        }
        Self { keys, active }
    }
}

/// Id and secret of one app at Meta.
#[derive(Clone, Debug)]
pub struct AppCredentials {
    /// The app id.
    pub id: String,
    /// The app secret.
    pub secret: Secret,
}

/// Hosts, versions and apps at Meta.
#[derive(Clone, Debug)]
pub struct Meta {
    /// `FACEBOOK_APP_ID`, `FACEBOOK_APP_SECRET`: Facebook Login; absent when not offered.
    pub facebook_app: Option<AppCredentials>,
    /// `FACEBOOK_CONFIG_ID`: a Login for Business configuration, sent in place of scopes.
    pub facebook_config_id: Option<String>,
    /// `INSTAGRAM_APP_ID`, `INSTAGRAM_APP_SECRET`: Instagram Login; absent when not offered.
    pub instagram_app: Option<AppCredentials>,
    /// `META_WEBHOOK_VERIFY_TOKEN`: what Meta's dashboard was given to verify our webhook with; without
    /// it the verification is refused.
    pub webhook_verify_token: Option<Secret>,
    /// `FACEBOOK_DIALOG_URL`: host of the Facebook Login dialog.
    pub facebook_dialog_url: Url,
    /// `FACEBOOK_GRAPH_URL`: host of the Graph API.
    pub facebook_graph_url: Url,
    /// `INSTAGRAM_DIALOG_URL`: host of the Instagram consent window.
    pub instagram_dialog_url: Url,
    /// `INSTAGRAM_API_URL`: host of the Instagram code exchange.
    pub instagram_api_url: Url,
    /// `INSTAGRAM_GRAPH_URL`: host of the Instagram API with Instagram Login.
    pub instagram_graph_url: Url,
    /// `GRAPH_VERSION`: the version asked of graph.facebook.com, such as `v25.0`.
    pub graph_version: String,
    /// `INSTAGRAM_GRAPH_VERSION`: the version asked of graph.instagram.com.
    pub instagram_graph_version: String,
}

impl Meta {
    /// Whether every host is this machine itself, as it is with the sandbox and never with Meta.
    #[must_use]
    pub fn is_on_this_machine(&self) -> bool {
        let hosts = [
            &self.facebook_dialog_url,
            &self.facebook_graph_url,
            &self.instagram_dialog_url,
            &self.instagram_api_url,
            &self.instagram_graph_url,
        ];
        hosts.into_iter().all(|url| match url.host() {
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        })
    }

    pub(super) fn read(reader: &mut Reader, development: &Development) -> Self {
        let mut url = |name, default| {
            reader.base_url_or(name, default, development.enabled).unwrap_or_else(placeholder)
        };
        let facebook_dialog_url = url("FACEBOOK_DIALOG_URL", "https://www.facebook.com");
        let facebook_graph_url = url("FACEBOOK_GRAPH_URL", "https://graph.facebook.com");
        let instagram_dialog_url = url("INSTAGRAM_DIALOG_URL", "https://www.instagram.com");
        let instagram_api_url = url("INSTAGRAM_API_URL", "https://api.instagram.com");
        let instagram_graph_url = url("INSTAGRAM_GRAPH_URL", "https://graph.instagram.com");
        let facebook_app = app(reader, "FACEBOOK_APP_ID", "FACEBOOK_APP_SECRET");
        let instagram_app = app(reader, "INSTAGRAM_APP_ID", "INSTAGRAM_APP_SECRET");
        Self {
            facebook_app,
            facebook_config_id: reader.optional("FACEBOOK_CONFIG_ID"),
            instagram_app,
            webhook_verify_token: reader.optional_secret("META_WEBHOOK_VERIFY_TOKEN"),
            facebook_dialog_url,
            facebook_graph_url,
            instagram_dialog_url,
            instagram_api_url,
            instagram_graph_url,
            graph_version: version(reader, "GRAPH_VERSION"),
            instagram_graph_version: version(reader, "INSTAGRAM_GRAPH_VERSION"),
        }
    }
}

/// Outgoing mail.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// `SMTP_URL`: `smtp://host:port`, `smtps://user:password@host` or `smtp://…?tls=required`.
    pub smtp_url: Secret,
    /// `MAIL_FROM`: the sender, as `Name <address>`.
    pub from: String,
}

impl MailSettings {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let smtp_url = reader.required("SMTP_URL", "such as smtps://user:password@mail.example");
        if !smtp_url.is_empty() && !smtp_url.starts_with("smtp://") && !smtp_url.starts_with("smtps://") {
            reader.fault("SMTP_URL", "must start with smtp:// or smtps://");
        }
        let from = reader.required("MAIL_FROM", "such as Mooring <no-reply@mooring.example>");
        if !from.is_empty() && !from.contains('@') {
            reader.fault("MAIL_FROM", "must be an address such as Mooring <no-reply@mooring.example>");
        }
        Self { smtp_url: Secret::new(smtp_url), from }
    }
}

/// Where channels besides mail may lead.
#[derive(Clone, Debug)]
pub struct Channels {
    /// `WEBHOOK_PORTS`: the ports that webhooks may have, separated by commas.
    pub ports: Vec<u16>,
    /// `WEBHOOKS_ALLOW_PRIVATE`: lets webhooks be plain http and lead to any address, our own network
    /// included. Only in development.
    pub allow_private: bool,
    /// `SLACK_WEBHOOK_URL`: where Slack's incoming webhooks are.
    pub slack_url: Url,
}

impl Channels {
    pub(super) fn read(reader: &mut Reader, development: &Development) -> Self {
        let text = reader.text_or("WEBHOOK_PORTS", "443");
        let ports: Result<Vec<u16>, _> = text.split(',').map(|port| port.trim().parse()).collect();
        if !ports.as_ref().is_ok_and(|ports| ports.iter().all(|port| *port > 0)) {
            reader.fault("WEBHOOK_PORTS", "must be ports separated by commas, such as 443,8443");
        }
        let allow_private = reader.parsed_or("WEBHOOKS_ALLOW_PRIVATE", false, "true or false");
        if allow_private && !development.enabled {
            reader.fault("WEBHOOKS_ALLOW_PRIVATE", "needs MOORING_DEVELOPMENT=true");
        }
        let slack = "https://hooks.slack.com/";
        let slack_url = reader.base_url_or("SLACK_WEBHOOK_URL", slack, development.enabled);
        if slack_url.as_ref().is_some_and(|url| url.as_str() != slack) && !development.enabled {
            reader.fault("SLACK_WEBHOOK_URL", "needs MOORING_DEVELOPMENT=true");
        }
        Self {
            ports: ports.unwrap_or_default(),
            allow_private,
            slack_url: slack_url.unwrap_or_else(placeholder),
        }
    }

    /// Says in the log that webhooks can reach our own network.
    pub fn announce(&self) {
        if self.allow_private {
            tracing::warn!(
                "WEBHOOKS_ALLOW_PRIVATE is on: whoever administers a workspace can reach addresses of this network"
            );
        }
    }
}

/// When work is due: cron lines in UTC with seconds (`second minute hour day month weekday`).
#[derive(Clone, Debug)]
pub struct Schedule {
    /// `CRON_REFRESH_TOKENS`: how often due tokens are looked for.
    pub refresh_tokens: String,
    /// `CRON_CHECK_TOKENS`: how often token health is checked.
    pub check_tokens: String,
    /// `CRON_COLLECT_INSIGHTS`: how often insights are collected.
    pub collect_insights: String,
    /// `CRON_COLLECT_AUDIENCE`: how often audience snapshots are taken.
    pub collect_audience: String,
    /// `CRON_COLLECT_MEDIA`: how often media and stories are looked for; a story is up for 24 hours.
    pub collect_media: String,
    /// `CRON_HOUSEKEEPING`: how often expired states, sessions and unused grants are removed.
    pub housekeeping: String,
    /// `SPREAD_SECONDS`: accounts of one slot start spread over this many seconds.
    pub spread_seconds: u32,
}

impl Schedule {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            refresh_tokens: cron(reader, "CRON_REFRESH_TOKENS", "0 0 */6 * * *"),
            check_tokens: cron(reader, "CRON_CHECK_TOKENS", "0 */30 * * * *"),
            collect_insights: cron(reader, "CRON_COLLECT_INSIGHTS", "0 15 * * * *"),
            collect_audience: cron(reader, "CRON_COLLECT_AUDIENCE", "0 0 3 * * *"),
            collect_media: cron(reader, "CRON_COLLECT_MEDIA", "0 30 */4 * * *"),
            housekeeping: cron(reader, "CRON_HOUSEKEEPING", "0 40 * * * *"),
            spread_seconds: reader.number_or("SPREAD_SECONDS", 300, 0..=3_600),
        }
    }
}

/// Windows, limits and lease lengths.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// `REFRESH_WINDOW_DAYS`: a token is renewed when this many days remain.
    pub refresh_window_days: u32,
    /// `BACKFILL_DAYS`: how far back insights are fetched on connect and after an outage.
    pub backfill_days: u32,
    /// `LOG_RETENTION_DAYS`: how long runs and attempts to renew tokens are kept.
    pub log_retention_days: u32,
    /// `RECONNECT_LINK_DAYS`: how long a reconnect link lives.
    pub reconnect_link_days: u32,
    /// `ALERT_HOLD_SECONDS`: how long the first mail about accounts that broke waits for others to the
    /// same recipient.
    pub alert_hold_seconds: u32,
    /// `ACCOUNT_CALLS_PER_HOUR`: the most calls to Meta for one account in an hour.
    pub account_calls_per_hour: u32,
    /// `LEASE_SECONDS`: how long a claim on work holds without being renewed.
    pub lease_seconds: u32,
    /// `WORKER_CONCURRENCY`: how many jobs one worker runs at once.
    pub worker_concurrency: u32,
    /// `REFRESHES_PER_SECOND`: how many renewals all workers together begin in a second at most.
    pub refreshes_per_second: u32,
    /// `WORKER_POLL_MILLISECONDS`: how often an idle worker looks for due work.
    pub worker_poll_milliseconds: u32,
    /// `CONFIRM_SECONDS`: two refusals of a token that far apart prove that it is dead.
    pub confirm_seconds: u32,
    /// `SHUTDOWN_SECONDS`: how long running work may take to finish when asked to stop.
    pub shutdown_seconds: u32,
}

impl Tuning {
    pub(super) fn read(reader: &mut Reader) -> Self {
        Self {
            refresh_window_days: reader.number_or("REFRESH_WINDOW_DAYS", 14, 1..=50),
            backfill_days: reader.number_or("BACKFILL_DAYS", 90, 1..=400),
            log_retention_days: reader.number_or("LOG_RETENTION_DAYS", 400, 90..=4_000),
            reconnect_link_days: reader.number_or("RECONNECT_LINK_DAYS", 7, 1..=30),
            alert_hold_seconds: reader.number_or("ALERT_HOLD_SECONDS", 30, 0..=3_600),
            account_calls_per_hour: reader.number_or("ACCOUNT_CALLS_PER_HOUR", 180, 10..=100_000),
            lease_seconds: reader.number_or("LEASE_SECONDS", 60, 5..=3_600),
            worker_concurrency: reader.number_or("WORKER_CONCURRENCY", 32, 1..=1_000),
            refreshes_per_second: reader.number_or("REFRESHES_PER_SECOND", 5, 1..=10_000),
            worker_poll_milliseconds: reader.number_or("WORKER_POLL_MILLISECONDS", 1_000, 10..=60_000),
            confirm_seconds: reader.number_or("CONFIRM_SECONDS", 60, 1..=3_600),
            shutdown_seconds: reader.number_or("SHUTDOWN_SECONDS", 25, 1..=300),
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    Json,
    /// Lines for people.
    Text,
}

/// Logs.
#[derive(Clone, Debug)]
pub struct Logs {
    /// `LOG`: a filter such as `info` or `connections=debug,info`.
    pub filter: String,
    /// `LOG_FORMAT`: `json` or `text`.
    pub format: LogFormat,
}

impl Logs {
    pub(super) fn read(reader: &mut Reader) -> Self {
        let filter = reader.text_or("LOG", "info");
        let format = match reader.text_or("LOG_FORMAT", "json").as_str() {
            "json" => LogFormat::Json,
            "text" => LogFormat::Text,
            _ => {
                reader.fault("LOG_FORMAT", "must be json or text");
                LogFormat::Json
            }
        };
        Self { filter, format }
    }
}

fn app(reader: &mut Reader, id_name: &'static str, secret_name: &'static str) -> Option<AppCredentials> {
    let id = reader.optional(id_name);
    let secret = reader.optional_secret(secret_name);
    match (id, secret) {
        (Some(id), Some(secret)) => {
            if !id.bytes().all(|byte| byte.is_ascii_digit()) {
                reader.fault(id_name, "must be a number, as the App Dashboard shows it");
            }
            Some(AppCredentials { id, secret })
        }
        (None, None) => None,
        (Some(_), None) => {
            reader.warn(secret_name, format_args!("is not set, so the login of {id_name} is not offered"));
            None
        }
        (None, Some(_)) => {
            reader.warn(id_name, format_args!("is not set, so the login of {secret_name} is not offered"));
            None
        }
    }
}

fn version(reader: &mut Reader, name: &'static str) -> String {
    let version = reader.text_or(name, "v25.0");
    let parts = version.strip_prefix('v').and_then(|number| number.split_once('.'));
    if !parts.is_some_and(|(major, minor)| major.parse::<u16>().is_ok() && minor.parse::<u16>().is_ok()) {
        reader.fault(name, "must look like v25.0");
    }
    version
}

fn cron(reader: &mut Reader, name: &'static str, default: &str) -> String {
    let line = reader.text_or(name, default);
    // Lines of crontab have five fields; ours begin with the second.
    let line = if line.split_whitespace().count() == 5 { format!("0 {line}") } else { line };
    if line.split_whitespace().count() != 6 {
        reader.fault(name, "must be a cron line of five fields, or of six with the second first");
    }
    line
}

fn is_key_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= 32
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

/// Bytes of base64 text in the standard or the URL-safe alphabet, padded or not.
fn decode_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    URL_SAFE_NO_PAD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()
}

/// Stands in for an address that was refused; the fault that goes with it keeps it from being used.
#[expect(clippy::expect_used, reason = "a constant")]
fn placeholder() -> Url {
    Url::parse("https://invalid.example/").expect("a constant address parses")
}

impl Development {
    /// Says in the log that shortcuts are on, so that nobody runs them in earnest unawares.
    pub fn announce(&self) {
        if self.enabled {
            tracing::warn!(
                clock_moved = self.clock_offset_file.is_some(),
                "MOORING_DEVELOPMENT is on: plain http is accepted and the schema can be explored"
            );
        }
    }
}
