//! An e-mail address that mail can be sent to.

use std::fmt;
use std::str::FromStr;

use lettre::Address;

use crate::fields::Fault;

/// The longest address that SMTP can carry (RFC 5321).
const LONGEST: usize = 254;

/// An address in lower case, so that one person has one account however the address is typed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EmailAddress {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Fault::Empty);
        }
        if text.len() > LONGEST {
            return Err(Fault::TooLong { most: LONGEST });
        }
        // Mail servers that take other characters are still rare; international domains have an
        // ASCII form.
        let visible = text.bytes().all(|byte| byte.is_ascii_graphic());
        let Some(address) = text.parse::<Address>().ok().filter(|_| visible) else {
            return Err(Fault::NotAnAddress);
        };
        // A domain without a dot is allowed and, in practice, a slip of the finger.
        if !address.domain().contains('.') {
            return Err(Fault::NotAnAddress);
        }
        Ok(Self(text.to_ascii_lowercase()))
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

/// Masked: addresses appear in logs only in this form.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&mail::masked(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_lower_case_and_trimmed() {
        let address: EmailAddress = " Anna.Maria+IG@Example.COM ".parse().unwrap();
        assert_eq!(address.as_str(), "anna.maria+ig@example.com");
        assert_eq!(format!("{address:?}"), "a***@example.com");
    }

    #[test]
    fn what_is_not_an_address_is_refused() {
        for text in [
            "anna",
            "anna@example",
            "@example.com",
            "anna@",
            "a b@example.com",
            "anna@example.com\r\nBcc: x@y.z",
            "anna@exa\0mple.com",
            "Anna <anna@example.com>",
            "änna@example.com",
        ] {
            assert_eq!(text.parse::<EmailAddress>().unwrap_err(), Fault::NotAnAddress, "{text:?}");
        }
        assert_eq!("  ".parse::<EmailAddress>().unwrap_err(), Fault::Empty);
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(long.parse::<EmailAddress>().unwrap_err(), Fault::TooLong { most: 254 });
    }
}
