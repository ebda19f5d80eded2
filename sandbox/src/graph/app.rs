//! The app as a node (reference page "Application").

use super::{Outcome, known};
use crate::visit::{Visit, select};

pub(super) fn read(visit: &Visit<'_>) -> Outcome {
    let id = visit.app_id();
    select(&visit.fields(&["name", "link", "id"])?, id, |field| {
        Ok(match field.name.as_str() {
            "name" | "app_name" => Some(visit.inner.state.settings.app_name.clone().into()),
            "link" => Some(format!("https://www.facebook.com/games/?app_id={id}").into()),
            other => known::absent(other, "Application")?,
        })
    })
}
