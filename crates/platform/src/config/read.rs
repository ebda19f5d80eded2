//! Reading single variables, and collecting what is wrong with them.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use url::Url;

use super::Faults;
use crate::Secret;

/// The variables to read from, and the faults found so far. An empty value counts as not set.
#[derive(Debug)]
pub struct Reader {
    variables: BTreeMap<String, String>,
    asked: Vec<&'static str>,
    faults: Vec<String>,
    warnings: Vec<String>,
}

impl Reader {
    /// A reader of exactly these variables.
    #[must_use]
    pub fn new(variables: BTreeMap<String, String>) -> Self {
        Self { variables, asked: Vec::new(), faults: Vec::new(), warnings: Vec::new() }
    }

    /// Sets one variable, replacing an earlier value.
    pub fn set(&mut self, name: String, value: String) {
        self.variables.insert(name, value);
    }

    /// The names that were asked for, in order.
    #[must_use]
    pub fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    pub(super) fn optional(&mut self, name: &'static str) -> Option<String> {
        self.asked.push(name);
        self.variables.get(name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
    }

    pub(super) fn required(&mut self, name: &'static str, what: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.fault(name, format_args!("is not set: {what}"));
            String::new()
        })
    }

    pub(super) fn optional_secret(&mut self, name: &'static str) -> Option<Secret> {
        self.optional(name).map(Secret::new)
    }

    pub(super) fn text_or(&mut self, name: &'static str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn parsed_or<T: FromStr>(&mut self, name: &'static str, default: T, shape: &str) -> T {
        match self.optional(name).map(|value| value.parse()) {
            None => default,
            Some(Ok(value)) => value,
            Some(Err(_)) => {
                self.fault(name, format_args!("must be {shape}"));
                default
            }
        }
    }

    pub(super) fn number_or(
        &mut self,
        name: &'static str,
        default: u32,
        range: std::ops::RangeInclusive<u32>,
    ) -> u32 {
        let value = self.parsed_or(name, default, "a whole number");
        if !range.contains(&value) {
            self.fault(name, format_args!("must be from {} to {}", range.start(), range.end()));
        }
        value
    }

    pub(super) fn base_url_or(
        &mut self,
        name: &'static str,
        default: &str,
        http_allowed: bool,
    ) -> Option<Url> {
        let mut text = self.text_or(name, default);
        if !text.ends_with('/') {
            text.push('/');
        }
        match Url::parse(&text) {
            Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && http_allowed) => Some(url),
            Ok(url) if url.scheme() == "http" => {
                self.fault(name, "uses plain http, which needs MOORING_DEVELOPMENT=true");
                None
            }
            _ => {
                self.fault(name, "must be an https:// address");
                None
            }
        }
    }

    pub(super) fn fault(&mut self, name: &str, what: impl Display) {
        self.faults.push(format!("{name} {what}"));
    }

    /// Something that is left out for want of a setting, while everything else works.
    pub(super) fn warn(&mut self, name: &str, what: impl Display) {
        self.warnings.push(format!("{name} {what}"));
    }

    pub(super) fn take_warnings(&mut self) -> Vec<String> {
        std::mem::take(&mut self.warnings)
    }

    pub(super) fn finish<T>(self, value: T) -> Result<T, Faults> {
        if self.faults.is_empty() { Ok(value) } else { Err(Faults(self.faults)) }
    }
}
