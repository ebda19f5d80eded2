//! Which addresses may be entered, and what is shown of them. The same rules hold when an address is
//! saved and before each sending, because the rules may have changed in between.

use entity::channel::ChannelKind;
use platform::config;
use url::{Host, Url};

/// The most characters of an address.
const LONGEST: usize = 2_000;

/// Names that lead nowhere but into somebody's own network (RFC 6761, 6762, 8375 and ICANN's
/// `internal`). What else a name leads to is looked up.
const PRIVATE_NAMES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "onion"];

/// The rules of this installation.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    slack: Url,
    ports: Vec<u16>,
    allow_private: bool,
}

/// What is wrong with an address, in words for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// Not an address at all.
    #[error("This is not an address. It begins with https://.")]
    NotAnAddress,
    /// Longer than any address needs to be.
    #[error("Use at most 2000 characters.")]
    TooLong,
    /// Not https.
    #[error("The address has to begin with https://.")]
    NotHttps,
    /// A name and a password in front of the host.
    #[error("The address must not contain a user name or a password.")]
    Credentials,
    /// Numbers in place of a name, however they are written.
    #[error("The address needs a name such as hooks.example.com, not numbers.")]
    NoName,
    /// Another port than those of this installation.
    #[error("This port is not possible here.")]
    Port,
    /// It leads into our own network.
    #[error("This address is not on the public internet.")]
    NotPublic,
    /// Not an incoming webhook of Slack.
    #[error("This is not an incoming webhook of Slack. It begins with https://hooks.slack.com/services/.")]
    NotSlack,
}

impl Rules {
    pub(crate) fn new(config: &config::Channels) -> Self {
        Self {
            slack: config.slack_url.clone(),
            ports: config.ports.clone(),
            allow_private: config.allow_private,
        }
    }

    pub(crate) fn allow_private(&self) -> bool {
        self.allow_private
    }

    /// The address that `text` stands for, if a channel of `kind` may lead there as far as the text
    /// tells. `Url` reads it as browsers do, so `0x7f.1` and `2130706433` are numbers here, too.
    pub(crate) fn check(&self, kind: ChannelKind, text: &str) -> Result<Url, AddressFault> {
        let text = text.trim();
        if text.chars().count() > LONGEST {
            return Err(AddressFault::TooLong);
        }
        if text.chars().any(|character| character.is_control() || character.is_whitespace()) {
            return Err(AddressFault::NotAnAddress);
        }
        let mut url = Url::parse(text).map_err(|_| AddressFault::NotAnAddress)?;
        url.set_fragment(None);
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressFault::Credentials);
        }
        match kind {
            ChannelKind::Slack => self.check_slack(&url)?,
            ChannelKind::Webhook => self.check_webhook(&url)?,
        }
        Ok(url)
    }

    fn check_slack(&self, url: &Url) -> Result<(), AddressFault> {
        let rest = url.as_str().strip_prefix(&format!("{}services/", self.slack));
        if rest.is_some_and(|rest| !rest.is_empty()) { Ok(()) } else { Err(AddressFault::NotSlack) }
    }

    fn check_webhook(&self, url: &Url) -> Result<(), AddressFault> {
        if url.scheme() != "https" && !(self.allow_private && url.scheme() == "http") {
            return Err(AddressFault::NotHttps);
        }
        if self.allow_private {
            return url.host().map(|_| ()).ok_or(AddressFault::NotAnAddress);
        }
        match url.host() {
            Some(Host::Domain(name)) if is_private_name(name) => return Err(AddressFault::NotPublic),
            Some(Host::Domain(_)) => {}
            Some(Host::Ipv4(_) | Host::Ipv6(_)) => return Err(AddressFault::NoName),
            None => return Err(AddressFault::NotAnAddress),
        }
        let port = url.port_or_known_default();
        if port.is_some_and(|port| self.ports.contains(&port)) { Ok(()) } else { Err(AddressFault::Port) }
    }
}

fn is_private_name(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    let is_within =
        |parent: &str| name.strip_suffix(parent).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    !name.contains('.') || PRIVATE_NAMES.into_iter().any(is_within)
}

/// What people see of an address: scheme, host and port. The rest may be a secret.
#[must_use]
pub fn shown(url: &Url) -> String {
    let more = url.path() != "/" || url.query().is_some();
    format!("{}/{}", url.origin().ascii_serialization(), if more { "•••" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(ports: &[u16], allow_private: bool) -> Rules {
        let slack = if allow_private { "http://127.0.0.1:4010/slack/" } else { "https://hooks.slack.com/" };
        Rules { slack: slack.parse().unwrap(), ports: ports.to_vec(), allow_private }
    }

    #[test]
    fn webhooks_lead_to_names_over_https() {
        let rules = rules(&[443], false);
        let check = |text: &str| rules.check(ChannelKind::Webhook, text).map(String::from);
        assert_eq!(
            check(" https://Hooks.Example.com/a?b=c#d ").as_deref(),
            Ok("https://hooks.example.com/a?b=c")
        );
        assert!(check("https://bücher.example/").is_ok());
        for (fault, texts) in [
            (AddressFault::NotAnAddress, &["", "hooks.example.com", "https://", "https://a b.example/"][..]),
            (AddressFault::NotAnAddress, &["https://hooks.example.com/a\nb", "//hooks.example.com/"]),
            (AddressFault::NotHttps, &["http://hooks.example.com/", "ftp://hooks.example.com/"]),
            (AddressFault::NotHttps, &["file:///etc/passwd", "gopher://hooks.example.com/", "data:,x"]),
            (AddressFault::Credentials, &["https://a@hooks.example.com/", "https://a:b@hooks.example.com/"]),
            (AddressFault::Credentials, &["https://hooks.slack.com@127.0.0.1/"]),
            (AddressFault::NoName, &["https://127.0.0.1/", "https://8.8.8.8/", "https://[::1]/"]),
            (AddressFault::NoName, &["https://2130706433/", "https://0x7f000001/", "https://017700000001/"]),
            (
                AddressFault::NoName,
                &["https://127.1/", "https://0x7f.1/", "https://0/", "https://127.0.0.1./"],
            ),
            (AddressFault::NoName, &["https://[::ffff:10.0.0.1]/", "https://[fd00:ec2::254]/"]),
            (AddressFault::NoName, &["https://①②⑦.⓪.⓪.①/", "https://%31%32%37.0.0.1/"]),
            (AddressFault::Port, &["https://hooks.example.com:8443/", "https://hooks.example.com:22/"]),
            (AddressFault::NotPublic, &["https://localhost/", "https://LOCALHOST./", "https://a.localhost/"]),
            (AddressFault::NotPublic, &["https://metadata.google.internal/", "https://printer.local/"]),
            (AddressFault::NotPublic, &["https://db/", "https://router.home.arpa/", "https://x.onion/"]),
        ] {
            for text in texts {
                assert_eq!(check(text), Err(fault), "{text}");
            }
        }
        assert_eq!(check(&format!("https://a.example/{}", "x".repeat(2_000))), Err(AddressFault::TooLong));
        let other = "https://hooks.example.com:8443/";
        assert!(super::tests::rules(&[443, 8443], false).check(ChannelKind::Webhook, other).is_ok());
    }

    #[test]
    fn slack_channels_lead_to_slack() {
        let rules = rules(&[443], false);
        let check = |text: &str| rules.check(ChannelKind::Slack, text).map(|_| ());
        assert_eq!(check("https://hooks.slack.com/services/T0/B0/abc"), Ok(()));
        assert_eq!(check("https://HOOKS.slack.com:443/services/T0/B0/abc"), Ok(()), "the same address");
        for text in [
            "https://hooks.slack.com/services/",
            "https://hooks.slack.com/services/../api",
            "https://hooks.slack.com/api/chat.postMessage",
            "https://hooks.slack.com.evil.example/services/T0/B0/abc",
            "https://hooks.slack.com:8443/services/T0/B0/abc",
            "http://hooks.slack.com/services/T0/B0/abc",
            "https://evil.example/hooks.slack.com/services/T0",
            "https://evil.example\\@hooks.slack.com/services/T0",
        ] {
            assert_eq!(check(text), Err(AddressFault::NotSlack), "{text}");
        }
        assert_eq!(check("https://x@hooks.slack.com/services/T0/B0/abc"), Err(AddressFault::Credentials));
    }

    #[test]
    fn development_may_use_its_own_machine() {
        let rules = rules(&[443], true);
        for text in ["http://127.0.0.1:4020/hook", "http://localhost:1/", "https://hooks.example.com:8443/"] {
            assert!(rules.check(ChannelKind::Webhook, text).is_ok(), "{text}");
        }
        assert!(rules.check(ChannelKind::Slack, "http://127.0.0.1:4010/slack/services/T0/B0/x").is_ok());
        assert_eq!(rules.check(ChannelKind::Webhook, "file:///x"), Err(AddressFault::NotHttps));
    }

    #[test]
    fn only_scheme_host_and_port_are_shown() {
        for (text, expected) in [
            ("https://hooks.slack.com/services/T0/B0/abc", "https://hooks.slack.com/•••"),
            ("https://crm.example/?key=abc", "https://crm.example/•••"),
            ("https://crm.example:8443", "https://crm.example:8443/"),
        ] {
            assert_eq!(shown(&text.parse().unwrap()), expected);
        }
    }
}
