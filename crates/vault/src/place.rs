//! Where a token belongs.

use uuid::Uuid;

use crate::sealed::FORMAT;

/// The one place where a sealed token opens. A ciphertext that was copied to another row, column or
/// workspace is refused there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The workspace.
    pub workspace_id: Uuid,
    /// What the token opens: a grant or an account.
    pub subject_id: Uuid,
    /// What Meta calls the token.
    pub kind: &'static str,
}

impl Place {
    /// The associated data: every part with its length in front, so that no two different lists of
    /// parts give the same bytes.
    pub(crate) fn associated_data(&self, key_id: &str) -> Vec<u8> {
        let parts: [&[u8]; 5] = [
            FORMAT.as_bytes(),
            key_id.as_bytes(),
            self.workspace_id.as_bytes(),
            self.subject_id.as_bytes(),
            self.kind.as_bytes(),
        ];
        let mut data = Vec::with_capacity(128);
        for part in parts {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part);
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cannot_flow_into_each_other() {
        let place = |kind| Place { workspace_id: Uuid::nil(), subject_id: Uuid::nil(), kind };
        assert_ne!(place("user").associated_data("k1"), place("ser").associated_data("k1u"));
        assert_ne!(place("user").associated_data("k1"), place("use").associated_data("k1"));
        assert_ne!(place("").associated_data("k1"), place("").associated_data("k"));
    }
}
