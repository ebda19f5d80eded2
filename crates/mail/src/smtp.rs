//! The real way out: one SMTP conversation a mail, every step of it bounded in time.
//!
//! The conversation is held step by step rather than by lettre's own transport, because that one
//! bounds only the connecting: a server that accepts and never answers would hold a worker for ever.
//! It also shows which step a refusal belongs to. A server that refuses our greeting or password
//! has nothing against the mail, so the mail waits.

use std::time::Duration;

use async_trait::async_trait;
use lettre::Message;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use percent_encoding::percent_decode_str;
use platform::Secret;
use platform::config::MailSettings;
use url::Url;

use crate::transport::{Transport, TransportError};

/// How long one step may take.
const STEP: Duration = Duration::from_secs(15);
/// The problem of a step that took too long.
const TIMEOUT: &str = "timeout";
/// How long saying good-bye may take; the mail is gone by then.
const GOOD_BYE: Duration = Duration::from_secs(2);

/// Speaks SMTP with the configured server.
#[derive(Debug)]
pub struct SmtpTransport {
    host: String,
    port: u16,
    encryption: Encryption,
    hello: ClientId,
    login: Option<Login>,
    step: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encryption {
    None,
    StartTlsIfOffered,
    StartTls,
    Tls,
}

#[derive(Debug)]
struct Login {
    user: Secret,
    password: Secret,
}

/// `SMTP_URL` cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("SMTP_URL must look like smtps://user:password@mail.example or smtp://mail.example:587?tls=required")]
pub struct BadSmtpUrl;

impl SmtpTransport {
    /// A transport to the server that `settings` names. Nothing is connected yet.
    ///
    /// # Errors
    /// When the address of the server cannot be used.
    pub fn new(settings: &MailSettings) -> Result<Self, BadSmtpUrl> {
        let url = Url::parse(settings.smtp_url.expose()).map_err(|_| BadSmtpUrl)?;
        let tls = url.query_pairs().find(|(key, _)| key == "tls").map(|(_, value)| value.into_owned());
        let (encryption, usual_port) = match (url.scheme(), tls.as_deref()) {
            ("smtps", _) => (Encryption::Tls, 465),
            ("smtp", None) => (Encryption::None, 25),
            ("smtp", Some("required")) => (Encryption::StartTls, 587),
            ("smtp", Some("opportunistic")) => (Encryption::StartTlsIfOffered, 587),
            _ => return Err(BadSmtpUrl),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadSmtpUrl)?;
        let decoded = |text| Secret::new(percent_decode_str(text).decode_utf8_lossy().into_owned());
        let login = url
            .password()
            .map(|password| Login { user: decoded(url.username()), password: decoded(password) });
        Ok(Self {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(usual_port),
            encryption,
            hello: ClientId::default(),
            login,
            step: STEP,
        })
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, TransportError> {
        let wrapped = (self.encryption == Encryption::Tls).then(|| self.tls()).transpose()?;
        let connecting = AsyncSmtpConnection::connect_tokio1(
            (self.host.as_str(), self.port),
            Some(self.step),
            &self.hello,
            wrapped,
            None,
        );
        let mut connection = self.our_step("connect", connecting).await?;
        let upgrade = match self.encryption {
            Encryption::StartTls => true,
            Encryption::StartTlsIfOffered => connection.can_starttls(),
            Encryption::None | Encryption::Tls => false,
        };
        if upgrade {
            let tls = self.tls()?;
            self.our_step("starttls", connection.starttls(tls, &self.hello)).await?;
        }
        if let Some(login) = &self.login {
            let credentials =
                Credentials::new(login.user.expose().to_owned(), login.password.expose().to_owned());
            self.our_step("auth", connection.auth(DEFAULT_MECHANISMS, &credentials)).await?;
        }
        Ok(connection)
    }

    fn tls(&self) -> Result<TlsParameters, TransportError> {
        TlsParameters::new(self.host.clone()).map_err(|_| later("tls_settings"))
    }

    async fn deliver(
        &self,
        connection: &mut AsyncSmtpConnection,
        message: &Message,
    ) -> Result<(), TransportError> {
        let envelope = message.envelope();
        let text = message.formatted();
        let mut parameters = Vec::new();
        let info = connection.server_info();
        if envelope.to().iter().any(|to| !AsRef::<str>::as_ref(to).is_ascii()) {
            if !info.supports_feature(Extension::SmtpUtfEight) {
                return Err(TransportError::Refused { problem: "address_needs_smtputf8".to_owned() });
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !text.is_ascii() && info.supports_feature(Extension::EightBitMime) {
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        self.mail_step(connection.command(Mail::new(envelope.from().cloned(), parameters))).await?;
        for to in envelope.to() {
            self.mail_step(connection.command(Rcpt::new(to.clone(), Vec::new()))).await?;
        }
        self.mail_step(connection.command(Data)).await?;
        self.mail_step(connection.message(&text)).await
    }

    /// A step in which a refusal is about us, not about the mail.
    async fn our_step<T>(
        &self,
        name: &str,
        step: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, TransportError> {
        match tokio::time::timeout(self.step, step).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(later(&match error.status() {
                Some(code) => format!("{name}_{code}"),
                None => name.to_owned(),
            })),
            Err(_) => Err(later(TIMEOUT)),
        }
    }

    /// A step in which a refusal is about the mail.
    async fn mail_step<T>(&self, step: impl Future<Output = Result<T, Error>>) -> Result<(), TransportError> {
        match tokio::time::timeout(self.step, step).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(match error.status() {
                // "Authentication required" and its kin: the server wants something of us.
                Some(code) if error.is_permanent() && !matches!(u16::from(code), 530 | 534 | 535 | 538) => {
                    TransportError::Refused { problem: format!("smtp_{code}") }
                }
                Some(code) => later(&format!("smtp_{code}")),
                None => later("connection_lost"),
            }),
            Err(_) => Err(later(TIMEOUT)),
        }
    }
}

#[async_trait]
impl Transport for SmtpTransport {
    async fn send(&self, message: Message) -> Result<(), TransportError> {
        let mut connection = self.connect().await?;
        let result = self.deliver(&mut connection, &message).await;
        // A server that has stopped answering is not worth a good-bye. Whatever comes of it
        // otherwise: the result is known.
        if result != Err(later(TIMEOUT)) {
            let _said = tokio::time::timeout(GOOD_BYE, connection.abort()).await;
        }
        result
    }
}

fn later(problem: &str) -> TransportError {
    TransportError::TryLater { problem: problem.to_owned() }
}

#[cfg(test)]
mod tests;
