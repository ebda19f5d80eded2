//! The HTTP client, and the one function every call goes through.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use platform::config::{AppCredentials, Meta};
use platform::{Secret, World};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use serde_json::Value;
use thiserror::Error as ThisError;
use url::Url;

use crate::body::MAX_BODY_BYTES;
use crate::call::{Call, Host, Method};
use crate::error::{Error, ErrorKind, TOO_LONG};
use crate::error_body::{self, Fault};
use crate::error_table::{self, Shape};
use crate::proof::appsecret_proof;
use crate::provider::Provider;
use crate::usage::{self, UsageReport, UsageSink};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a call may take from start to the last byte of its answer.
const CALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Asks Meta. Cheap to clone; all clones share connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    http: reqwest::Client,
    config: Meta,
    world: World,
    usage: Arc<dyn UsageSink>,
    /// Hosts and versions that were already warned about.
    differing_versions: Mutex<BTreeSet<String>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// Why no client could be made.
#[derive(Debug, ThisError)]
pub enum BuildError {
    /// TLS could not be set up, mostly for want of root certificates.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// What came back, and when the question was asked.
pub(crate) struct Answer {
    pub(crate) body: Value,
    /// How long the body was.
    pub(crate) bytes: usize,
    /// Our time before the request left, from which lifetimes count, so that they end too early
    /// rather than too late.
    pub(crate) asked_at: DateTime<Utc>,
    /// The usage that its headers told.
    pub(crate) report: UsageReport,
}

impl Client {
    /// A client for the apps and hosts of `config` that reports the usage of every answer to `usage`.
    ///
    /// # Errors
    /// When the machine's TLS set-up is unusable.
    pub fn new(config: Meta, world: World, usage: Arc<dyn UsageSink>) -> Result<Self, BuildError> {
        // Another room may have chosen already; both choose the same.
        let _already_installed = rustls::crypto::ring::default_provider().install_default();
        #[expect(clippy::disallowed_methods, reason = "the one client for Meta")]
        let http = reqwest::Client::builder()
            .user_agent(concat!("mooring/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .tls_version_min(reqwest::tls::Version::TLS_1_2)
            // A redirect would carry tokens to an address that nobody chose, and so would a proxy
            // that is named in the environment.
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .retry(reqwest::retry::never())
            .build()
            .map_err(|error| BuildError::Http(error.without_url()))?;
        let differing_versions = Mutex::default();
        Ok(Self { inner: Arc::new(Inner { http, config, world, usage, differing_versions }) })
    }

    /// Whether this installation has an app for `provider`.
    #[must_use]
    pub fn is_configured(&self, provider: Provider) -> bool {
        self.app(provider).is_ok()
    }

    /// The id of the app for `provider`.
    #[must_use]
    pub fn app_id(&self, provider: Provider) -> Option<&str> {
        self.app(provider).ok().map(|app| app.id.as_str())
    }

    pub(crate) fn config(&self) -> &Meta {
        &self.inner.config
    }

    pub(crate) fn app(&self, provider: Provider) -> Result<&AppCredentials, Error> {
        let app = match provider {
            Provider::FacebookLogin => &self.inner.config.facebook_app,
            Provider::InstagramLogin => &self.inner.config.instagram_app,
        };
        app.as_ref().ok_or_else(Error::not_configured)
    }

    /// Puts `token` on a data call: in the header, where no access log sees it, and on Facebook's
    /// host with the proof. Instagram's host does not document the proof.
    pub(crate) fn sign<'a>(&self, call: Call<'a>, token: &'a Secret) -> Result<Call<'a>, Error> {
        match call.host {
            Host::FacebookGraph => {
                let app = self.app(Provider::FacebookLogin)?;
                let proof = appsecret_proof(&app.secret, token);
                Ok(call.bearer(token).query("appsecret_proof", proof))
            }
            Host::InstagramApi | Host::InstagramGraph => {
                self.app(Provider::InstagramLogin)?;
                Ok(call.bearer(token))
            }
        }
    }

    /// Sends `call` once and gives the JSON of a successful answer. Everything that goes to Meta
    /// goes through here.
    pub(crate) async fn send(&self, call: Call<'_>) -> Result<Answer, Error> {
        let started = Instant::now();
        let result = self.exchange(&call).await;
        let (status, error) = match &result {
            Ok((status, ..)) => (Some(*status), None),
            Err(error) => (error.http_status(), Some(error)),
        };
        tracing::debug!(
            host = call.host.name(),
            path = call.path_for_logs(),
            status,
            outcome = error.map_or("ok", |error| error.kind().name()),
            code = error.and_then(Error::code),
            subcode = error.and_then(Error::subcode),
            elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "asked Meta"
        );
        result.map(|(_, answer)| answer)
    }

    async fn exchange(&self, call: &Call<'_>) -> Result<(u16, Answer), Error> {
        let host = call.host;
        let asked_at = self.inner.world.now();
        let request = self.request(call)?;
        let mut response = self.inner.http.execute(request).await.map_err(|error| no_answer(call, &error))?;
        let status = response.status().as_u16();
        let report = self.observe(host, call.account, status, response.headers());
        if call.versioned {
            self.compare_version(host, response.headers());
        }
        let retry_after = usage::retry_after(response.headers()).map(|pause| report.at + pause);

        let outcome = match read(&mut response).await {
            Ok(bytes) => {
                error_body::outcome(host, call.purpose, status, &bytes).map(|body| (body, bytes.len()))
            }
            Err(what) => {
                Err(Fault::none(Shape::Unreadable).into_error(host, call.purpose, status).because(what))
            }
        };
        match outcome {
            Ok((body, bytes)) => Ok((status, Answer { body, bytes, asked_at, report })),
            Err(error) => Err(error.until(|scope| report.regain(scope).or(retry_after))),
        }
    }

    /// What time it is at Meta, in whole seconds, by the date of an answer to a question without a token.
    /// Nothing when there is no answer, or none with a date.
    pub async fn time(&self) -> Option<DateTime<Utc>> {
        let config = &self.inner.config;
        let url = match config.facebook_app {
            Some(_) => &config.facebook_graph_url,
            None => &config.instagram_graph_url,
        };
        let answer = self.inner.http.get(url.clone()).send().await.ok()?;
        usage::sent_at(answer.headers())
    }

    /// Reads the usage that an answer tells, and hands it on.
    pub(crate) fn observe(
        &self,
        host: Host,
        account: Option<&str>,
        status: u16,
        headers: &HeaderMap,
    ) -> UsageReport {
        let now = self.inner.world.now();
        let report = UsageReport::read(provider_of(host), account, now, status, headers);
        self.inner.usage.observe(report.clone());
        report
    }

    fn request(&self, call: &Call<'_>) -> Result<reqwest::Request, Error> {
        let unusable = |what| Error::new(ErrorKind::BadRequest, what).at(call.host);
        let config = &self.inner.config;
        let (base, version) = match call.host {
            Host::FacebookGraph => (&config.facebook_graph_url, &config.graph_version),
            Host::InstagramApi => (&config.instagram_api_url, &config.instagram_graph_version),
            Host::InstagramGraph => (&config.instagram_graph_url, &config.instagram_graph_version),
        };
        let version = call.versioned.then_some(version.as_str());
        let mut url = join(base, version.into_iter().chain(call.path.iter().copied()));
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&call.query);
        }
        let request = match call.method {
            Method::Get => self.inner.http.get(url),
            Method::Delete => self.inner.http.delete(url),
            Method::PostForm => self.inner.http.post(url).form(&call.form),
            Method::PostJson => self.inner.http.post(url).json(&call.json),
        };
        let mut request = request.build().map_err(|_| unusable("the request cannot be written"))?;
        if let Some(token) = &call.bearer {
            let mut value = HeaderValue::from_str(&format!("Bearer {token}"))
                .map_err(|_| unusable("the token cannot be sent in a header"))?;
            value.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, value);
        }
        Ok(request)
    }

    /// The major version of the API that calls about accounts name with tokens of `provider`; the
    /// newest there could be when the setting names none.
    #[must_use]
    pub fn version(&self, provider: Provider) -> u16 {
        let config = &self.inner.config;
        let version = match provider {
            Provider::FacebookLogin => &config.graph_version,
            Provider::InstagramLogin => &config.instagram_graph_version,
        };
        let major = version.trim_start_matches('v').split('.').next();
        major.and_then(|major| major.parse().ok()).unwrap_or(u16::MAX)
    }

    /// Meta serves an expired version from the oldest one still usable and says so only here
    /// (`/docs/graph-api/guides/versioning`).
    fn compare_version(&self, host: Host, headers: &HeaderMap) {
        let asked = match host {
            Host::FacebookGraph => &self.inner.config.graph_version,
            Host::InstagramApi | Host::InstagramGraph => &self.inner.config.instagram_graph_version,
        };
        let Some(served) = headers.get("facebook-api-version").and_then(|value| value.to_str().ok()) else {
            return;
        };
        let same = served.trim_start_matches('v') == asked.trim_start_matches('v');
        if same || !is_version(served) {
            return;
        }
        let mut warned = self.inner.differing_versions.lock().unwrap_or_else(PoisonError::into_inner);
        if warned.insert(format!("{} {served}", host.name())) {
            tracing::warn!(
                host = host.name(),
                asked,
                served,
                "Meta serves another API version than was asked for"
            );
        }
    }
}

/// The body, as far as it stays within the limit.
async fn read(response: &mut reqwest::Response) -> Result<Vec<u8>, &'static str> {
    let announced = response.content_length().unwrap_or(0);
    if announced > MAX_BODY_BYTES as u64 {
        return Err(TOO_LONG);
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MAX_BODY_BYTES => return Err(TOO_LONG),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) if error.is_timeout() => return Err("the answer took too long"),
            Err(_) => return Err("the answer was cut off"),
        }
    }
}

/// `reqwest::Error` prints the address with its query, so nothing of it is kept.
fn no_answer(call: &Call<'_>, error: &reqwest::Error) -> Error {
    let (kind, what) = if error.is_connect() {
        (ErrorKind::Transient, "no connection")
    } else if error.is_timeout() {
        (error_table::undecided(call.purpose, ErrorKind::Transient), "no answer in time")
    } else {
        (error_table::undecided(call.purpose, ErrorKind::Transient), "no answer")
    };
    Error::new(kind, what).at(call.host)
}

fn provider_of(host: Host) -> Provider {
    match host {
        Host::FacebookGraph => Provider::FacebookLogin,
        Host::InstagramApi | Host::InstagramGraph => Provider::InstagramLogin,
    }
}

/// `base` followed by `segments`. A path that `base` has is kept, so that one emulator can stand in
/// for several hosts.
pub(crate) fn join<'a>(base: &Url, segments: impl IntoIterator<Item = &'a str>) -> Url {
    let mut url = base.clone();
    // Only addresses without a host, such as `data:`, have no segments; the configuration has none.
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    url
}

/// Such as `v25.0`. What a server sends is not logged unless it is this.
fn is_version(text: &str) -> bool {
    let digits = text.strip_prefix('v').unwrap_or(text);
    !digits.is_empty() && text.len() <= 8 && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

#[cfg(test)]
mod tests;
