//! What the sandbox is told when it starts: flags, each with an environment variable beside it.

use std::path::PathBuf;

use clap::Parser;

/// The command line of `mooring-sandbox`.
#[derive(Clone, Debug, Parser)]
#[command(
    name = "mooring-sandbox",
    version,
    about = "Plays Meta's login dialogs, Graph hosts and a mail server"
)]
pub struct Config {
    /// Address for everything HTTP; port 0 picks a free one.
    #[arg(long, env = "SANDBOX_LISTEN", default_value = "127.0.0.1:4010")]
    pub listen: String,
    /// Address of the mail catcher; port 0 picks a free one.
    #[arg(long, env = "SANDBOX_SMTP_LISTEN", default_value = "127.0.0.1:4025")]
    pub smtp_listen: String,
    /// All people, names and numbers follow from this.
    #[arg(long, env = "SANDBOX_SEED", default_value_t = 7)]
    pub seed: u64,
    /// Base of the links in answers (`paging.next`); by default the listening address.
    #[arg(long, env = "SANDBOX_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// How many people exist besides the fixed ones; they are computed when asked for.
    #[arg(long, env = "SANDBOX_PEOPLE", default_value_t = 0)]
    pub people: u64,
    /// The Meta app id (Facebook Login).
    #[arg(long, env = "SANDBOX_FACEBOOK_APP_ID", default_value = "1029384756")]
    pub facebook_app_id: String,
    /// The Meta app secret.
    #[arg(
        long,
        env = "SANDBOX_FACEBOOK_APP_SECRET",
        default_value = "sandbox-facebook-app-secret",
        hide_env_values = true
    )]
    pub facebook_app_secret: String,
    /// The Instagram app id (Instagram Login).
    #[arg(long, env = "SANDBOX_INSTAGRAM_APP_ID", default_value = "5647382910")]
    pub instagram_app_id: String,
    /// The Instagram app secret.
    #[arg(
        long,
        env = "SANDBOX_INSTAGRAM_APP_SECRET",
        default_value = "sandbox-instagram-app-secret",
        hide_env_values = true
    )]
    pub instagram_app_secret: String,
    /// Registered redirect URIs; none means that any loopback http URL is accepted.
    #[arg(long, env = "SANDBOX_REDIRECT_URIS", value_delimiter = ',')]
    pub redirect_uris: Vec<String>,
    /// Where tokens, grants, clock, faults and mails are kept between runs.
    #[arg(long, env = "SANDBOX_STATE_FILE")]
    pub state_file: Option<PathBuf>,
    /// Log filter, for example `info` or `mooring_sandbox=debug`.
    #[arg(long, env = "SANDBOX_LOG", default_value = "info")]
    pub log: String,
}

impl Default for Config {
    /// Free ports, seed 7, no state file: what a test wants.
    fn default() -> Self {
        Self {
            listen: "127.0.0.1:0".into(),
            smtp_listen: "127.0.0.1:0".into(),
            seed: 7,
            public_url: None,
            people: 0,
            facebook_app_id: "1029384756".into(),
            facebook_app_secret: "sandbox-facebook-app-secret".into(),
            instagram_app_id: "5647382910".into(),
            instagram_app_secret: "sandbox-instagram-app-secret".into(),
            redirect_uris: Vec::new(),
            state_file: None,
            log: "info".into(),
        }
    }
}

impl Config {
    /// Whether a login may send people back to this address.
    ///
    /// Meta compares with the registered addresses exactly; without any registered, only a loopback
    /// address is believed, so that a misconfigured demo can never send a code elsewhere.
    pub(crate) fn redirect_allowed(&self, uri: &str) -> bool {
        let registered: Vec<&str> =
            self.redirect_uris.iter().map(|uri| uri.trim()).filter(|uri| !uri.is_empty()).collect();
        if registered.is_empty() { is_loopback(uri) } else { registered.contains(&uri) }
    }
}

/// Whether a URL is plain http to this machine.
pub(crate) fn is_loopback(uri: &str) -> bool {
    let Ok(url) = url::Url::parse(uri) else { return false };
    let loopback = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    url.scheme() == "http" && loopback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_without_registration() {
        let config = Config::default();
        assert!(config.redirect_allowed("http://127.0.0.1:3000/cb"));
        assert!(config.redirect_allowed("http://localhost:3000/cb?x=1"));
        assert!(!config.redirect_allowed("https://example.com/cb"));
        assert!(!config.redirect_allowed("not a url"));
    }

    #[test]
    fn registered_addresses_match_exactly() {
        let config = Config { redirect_uris: vec!["http://127.0.0.1:3000/cb".into()], ..Config::default() };
        assert!(config.redirect_allowed("http://127.0.0.1:3000/cb"));
        assert!(!config.redirect_allowed("http://127.0.0.1:3000/cb/"));
    }
}
