//! Every setting of the product: read once from the environment and an optional `.env` file, with
//! all faults reported together and no secret printed.
//!
//! `.env.example` at the top of the repository lists each variable with its default; a test holds
//! the two together.

mod read;
mod sections;

use std::collections::BTreeMap;
use std::fmt;

pub use read::Reader;
pub use sections::{
    AppCredentials, Auth, Channels, Development, Http, LogFormat, Logs, MailSettings, Meta, Schedule,
    Storage, TokenKey, TokenKeys, Tuning,
};

/// All settings of the api and the worker.
#[derive(Clone, Debug)]
pub struct Config {
    /// Shortcuts that only a development set-up may take.
    pub development: Development,
    /// The database.
    pub storage: Storage,
    /// Addresses of our own HTTP server.
    pub http: Http,
    /// Sessions and links.
    pub auth: Auth,
    /// The key ring that seals Meta's tokens.
    pub token_keys: TokenKeys,
    /// Hosts, versions and apps at Meta.
    pub meta: Meta,
    /// Outgoing mail.
    pub mail: MailSettings,
    /// Where channels besides mail may lead.
    pub channels: Channels,
    /// When work is due.
    pub schedule: Schedule,
    /// Windows, limits and lease lengths.
    pub tuning: Tuning,
    /// Logs.
    pub logs: Logs,
    /// What is left out for want of a setting, one sentence each that names the variable.
    pub warnings: Vec<String>,
}

impl Config {
    /// Reads `.env` in the working directory, if there is one, and then the environment, which wins.
    ///
    /// # Errors
    /// All faults at once, each naming its variable.
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn from_env() -> Result<Self, Faults> {
        let mut reader = Reader::new(file_variables());
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                reader.set(name, value);
            }
        }
        Self::read(reader)
    }

    /// Takes the settings from `reader`.
    ///
    /// # Errors
    /// All faults at once, each naming its variable.
    pub fn read(mut reader: Reader) -> Result<Self, Faults> {
        let config = Self::take(&mut reader);
        reader.finish(config)
    }

    fn take(reader: &mut Reader) -> Self {
        let development = Development::read(reader);
        Self {
            storage: Storage::read(reader),
            http: Http::read(reader, &development),
            auth: Auth::read(reader),
            token_keys: TokenKeys::read(reader),
            meta: Meta::read(reader, &development),
            mail: MailSettings::read(reader),
            channels: Channels::read(reader, &development),
            schedule: Schedule::read(reader),
            tuning: Tuning::read(reader),
            logs: Logs::read(reader),
            development,
            warnings: reader.take_warnings(),
        }
    }

    /// Logs what an operator should know about these settings.
    pub fn announce(&self) {
        self.development.announce();
        self.channels.announce();
        for warning in &self.warnings {
            tracing::warn!("{warning}");
        }
    }
}

fn file_variables() -> BTreeMap<String, String> {
    dotenvy::dotenv_iter().map(|lines| lines.flatten().collect()).unwrap_or_default()
}

/// Everything that is wrong with the configuration, one line a fault.
#[derive(Debug, PartialEq, Eq)]
pub struct Faults(Vec<String>);

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration is not usable:")?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

impl std::error::Error for Faults {}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn minimal() -> Vec<(&'static str, &'static str)> {
        vec![
            ("PUBLIC_URL", "https://mooring.example"),
            ("AUTH_SECRET", KEY),
            ("TOKEN_KEYS", "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"),
            ("TOKEN_ACTIVE_KEY", "k1"),
            ("SMTP_URL", "smtps://mail.example"),
            ("MAIL_FROM", "Mooring <no-reply@mooring.example>"),
            ("FACEBOOK_APP_ID", "1029384756"),
            ("FACEBOOK_APP_SECRET", "test_app_secret_0001"),
        ]
    }

    fn read(variables: &[(&str, &str)]) -> Result<Config, Faults> {
        Config::read(Reader::new(variables.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect()))
    }

    #[test]
    fn defaults_are_metas_real_hosts() {
        let config = read(&minimal()).unwrap();
        assert_eq!(config.meta.facebook_graph_url.as_str(), "https://graph.facebook.com/");
        assert_eq!(config.meta.instagram_graph_url.as_str(), "https://graph.instagram.com/");
        assert_eq!(config.tuning.refresh_window_days, 14);
        assert!(config.meta.instagram_app.is_none());
    }

    #[test]
    fn all_faults_are_reported_at_once_without_values() {
        let mut variables = minimal();
        variables.retain(|(name, _)| *name != "MAIL_FROM");
        variables.push(("TOKEN_KEYS", "k1:dG9vIHNob3J0"));
        variables.push(("AUTH_SECRET", "short"));
        variables.push(("LEASE_SECONDS", "soon"));
        variables.push(("CRON_CHECK_TOKENS", "every now and then"));
        let text = read(&variables).unwrap_err().to_string();
        for name in ["MAIL_FROM", "TOKEN_KEYS", "AUTH_SECRET", "LEASE_SECONDS", "CRON_CHECK_TOKENS"] {
            assert!(text.contains(name), "{name} is missing in: {text}");
        }
        assert!(!text.contains("dG9vIHNob3J0") && !text.contains("short\n"), "{text}");
    }

    #[test]
    fn half_an_app_leaves_its_login_out_and_names_what_is_missing() {
        let mut variables = minimal();
        variables.retain(|(name, _)| *name != "FACEBOOK_APP_SECRET");
        variables.extend([("INSTAGRAM_APP_SECRET", "test_app_secret_0002")]);
        let config = read(&variables).unwrap();
        assert!(config.meta.facebook_app.is_none() && config.meta.instagram_app.is_none());
        assert_eq!(config.warnings.len(), 2, "{:?}", config.warnings);
        assert!(config.warnings[0].starts_with("FACEBOOK_APP_SECRET "), "{:?}", config.warnings);
        assert!(config.warnings[1].starts_with("INSTAGRAM_APP_ID "), "{:?}", config.warnings);
        assert!(!config.warnings.concat().contains("test_app_secret"), "{:?}", config.warnings);
        assert!(read(&minimal()).unwrap().warnings.is_empty());
    }

    #[test]
    fn plain_http_and_shortcuts_need_the_development_flag() {
        let mut variables = minimal();
        variables.push(("PUBLIC_URL", "http://127.0.0.1:8080"));
        variables.push(("CLOCK_OFFSET_FILE", "/tmp/offset"));
        variables.push(("FACEBOOK_GRAPH_URL", "http://127.0.0.1:4010/graph.facebook.com"));
        let text = read(&variables).unwrap_err().to_string();
        for name in ["PUBLIC_URL", "CLOCK_OFFSET_FILE", "FACEBOOK_GRAPH_URL"] {
            assert!(text.contains(name), "{name} is missing in: {text}");
        }
        variables.push(("MOORING_DEVELOPMENT", "true"));
        assert!(read(&variables).is_ok());
    }

    #[test]
    fn operators_are_addresses_in_lower_case() {
        let mut variables = minimal();
        assert!(read(&variables).unwrap().auth.operator_emails.is_empty());
        variables.push(("OPERATOR_EMAILS", " Olga@Mooring.example, ben@mooring.example ,"));
        let operators = read(&variables).unwrap().auth.operator_emails;
        assert_eq!(*operators, ["olga@mooring.example".to_owned(), "ben@mooring.example".to_owned()]);
        variables.push(("OPERATOR_EMAILS", "olga@mooring.example,everybody,a@b@c.example"));
        let text = read(&variables).unwrap_err().to_string();
        assert!(text.contains("entry 2") && text.contains("entry 3") && !text.contains("entry 1"), "{text}");
    }

    #[test]
    fn only_hosts_of_this_machine_are_no_meta() {
        let mut variables = minimal();
        assert!(!read(&variables).unwrap().meta.is_on_this_machine());
        variables.push(("MOORING_DEVELOPMENT", "true"));
        for name in ["FACEBOOK_DIALOG_URL", "FACEBOOK_GRAPH_URL", "INSTAGRAM_DIALOG_URL", "INSTAGRAM_API_URL"]
        {
            variables.push((name, "http://127.0.0.1:4010/meta"));
        }
        assert!(!read(&variables).unwrap().meta.is_on_this_machine(), "one of five is enough to be Meta");
        variables.push(("INSTAGRAM_GRAPH_URL", "http://[::1]:4010/meta"));
        assert!(read(&variables).unwrap().meta.is_on_this_machine());
        variables.push(("INSTAGRAM_GRAPH_URL", "http://localhost.evil.example/meta"));
        assert!(!read(&variables).unwrap().meta.is_on_this_machine());
    }

    #[test]
    fn channels_lead_to_public_addresses_unless_this_is_development() {
        let config = read(&minimal()).unwrap();
        assert_eq!(config.channels.ports, [443]);
        assert_eq!(config.channels.slack_url.as_str(), "https://hooks.slack.com/");
        assert!(!config.channels.allow_private);
        let mut variables = minimal();
        variables.extend([
            ("WEBHOOKS_ALLOW_PRIVATE", "true"),
            ("SLACK_WEBHOOK_URL", "https://slack.example"),
            ("WEBHOOK_PORTS", "443,eight"),
        ]);
        let text = read(&variables).unwrap_err().to_string();
        for name in ["WEBHOOKS_ALLOW_PRIVATE", "SLACK_WEBHOOK_URL", "WEBHOOK_PORTS"] {
            assert!(text.contains(name), "{name} is missing in: {text}");
        }
        variables.pop();
        variables.extend([("WEBHOOK_PORTS", "443, 8443"), ("MOORING_DEVELOPMENT", "true")]);
        let config = read(&variables).unwrap();
        assert!(config.channels.allow_private);
        assert_eq!(config.channels.ports, [443, 8443]);
    }

    fn every_name() -> Vec<&'static str> {
        let mut reader = Reader::new(BTreeMap::new());
        Config::take(&mut reader);
        reader.asked().to_vec()
    }

    #[test]
    fn the_example_file_names_every_variable_with_its_default() {
        let example = include_str!("../../../../.env.example");
        for name in every_name() {
            assert!(
                example.lines().any(|line| line.trim_start_matches("# ").starts_with(&format!("{name}="))),
                "{name} is missing in .env.example"
            );
        }
    }
}
