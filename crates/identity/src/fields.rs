//! What is wrong with what somebody typed.

/// A field that somebody fills in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The address.
    Email,
    /// The password.
    Password,
    /// The name of a person or a workspace.
    Name,
}

/// What is wrong with it, in words for the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Nothing was typed.
    #[error("Please fill this in.")]
    Empty,
    /// Too short.
    #[error("Use at least {least} characters.")]
    TooShort {
        /// The fewest characters.
        least: usize,
    },
    /// Too long.
    #[error("Use at most {most} characters.")]
    TooLong {
        /// The most characters.
        most: usize,
    },
    /// Line breaks or invisible characters.
    #[error("Line breaks and invisible characters are not possible here.")]
    ControlCharacters,
    /// Not an address.
    #[error("This is not an e-mail address that we can write to.")]
    NotAnAddress,
    /// A password that everybody tries first.
    #[error("This password is too easy to guess. Several unrelated words make a good one.")]
    TooCommon,
    /// A password made of the name of the product.
    #[error("The password must not contain the name Mooring.")]
    ContainsProductName,
}

/// A fault and the field that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field.
    pub field: Field,
    /// What is wrong with it.
    pub fault: Fault,
}

/// The most characters of a name.
const LONGEST_NAME: usize = 100;

/// A name without spaces around it, at most 100 characters.
///
/// # Errors
/// When it is empty or too long, or when it has line breaks or invisible characters.
pub fn name(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if text.chars().count() > LONGEST_NAME {
        return Err(Fault::TooLong { most: LONGEST_NAME });
    }
    // U+2028 and U+2029 break lines; the others turn the direction of what follows.
    let misleading =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.chars().any(misleading) {
        return Err(Fault::ControlCharacters);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_trimmed_and_bounded() {
        assert_eq!(name("  Studio Nord 🌞 ").unwrap(), "Studio Nord 🌞");
        assert_eq!(name(&"ä".repeat(100)).unwrap().chars().count(), 100);
        assert_eq!(name(&"ä".repeat(101)), Err(Fault::TooLong { most: 100 }));
        assert_eq!(name(" \t "), Err(Fault::Empty));
        assert_eq!(name("a\r\nb"), Err(Fault::ControlCharacters));
        assert_eq!(name("a\u{202e}b"), Err(Fault::ControlCharacters));
    }
}
