//! Addresses as logs may show them.

/// `anna@example.com` as `a***@example.com`.
#[must_use]
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).filter(|character| !character.is_control()).collect();
    let domain: String = domain.chars().filter(|character| !character.is_control()).collect();
    format!("{first}***@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_letter_and_the_domain_stay() {
        assert_eq!(masked("anna@example.com"), "a***@example.com");
        assert_eq!(masked("\"a@b\"@example.com"), "\"***@example.com");
        assert_eq!(masked("nonsense"), "n***@");
        assert_eq!(masked(""), "***@");
        assert_eq!(masked("\n@ex\r\nample.com"), "***@example.com");
    }
}
