//! What a message carries besides text (pages "Send API" and "Conversations API").

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    error::GraphError,
    seed::{mix, tag},
};

/// One attachment as it was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Attachment {
    kind: String,
    /// Where the file is; a shared post, a sticker and a template have none.
    url: Option<String>,
}

/// The attachments of a message that is to be sent: one `attachment`, or several `attachments`.
pub(super) fn of_message(message: &Value) -> Result<Vec<Attachment>, GraphError> {
    match (message.get("attachment"), message.get("attachments")) {
        (None, None) => Ok(Vec::new()),
        (Some(one), None) => Ok(vec![read(one)?]),
        (None, Some(Value::Array(several))) => several.iter().map(read).collect(),
        _ => Err(wrong("attachments must be a list")),
    }
}

fn wrong(message: &str) -> GraphError {
    GraphError::parameter(format!("message[attachment] is not valid: {message}")).subcode(2_534_029)
}

fn read(attachment: &Value) -> Result<Attachment, GraphError> {
    let text = |pointer: &str| attachment.pointer(pointer).and_then(Value::as_str);
    let kind = text("/type").ok_or_else(|| wrong("it needs a type"))?;
    let url = text("/payload/url")
        .filter(|address| url::Url::parse(address).is_ok_and(|url| matches!(url.scheme(), "http" | "https")));
    let complete = match kind {
        "image" | "video" | "audio" | "file" => url.is_some(),
        "MEDIA_SHARE" | "media_share" => attachment.pointer("/payload/id").is_some(),
        "template" => text("/payload/template_type").is_some(),
        "like_heart" => true,
        _ => {
            return Err(wrong(
                "the type must be image, video, audio, file, template, MEDIA_SHARE or like_heart",
            ));
        }
    };
    if !complete {
        return Err(wrong("its payload does not fit its type"));
    }
    Ok(Attachment { kind: kind.to_owned(), url: url.map(str::to_owned) })
}

impl Attachment {
    /// As the message's field `attachments` tells it.
    pub(super) fn told(&self, message: &str) -> Value {
        let id = mix(&[tag(message), tag(self.url.as_deref().unwrap_or(&self.kind))]) % 1_000_000_000_000;
        let mut told = json!({"id": id.to_string()});
        let size = json!({"url": self.url, "preview_url": self.url, "width": 1_080, "height": 1_080});
        match self.kind.as_str() {
            "image" => told["image_data"] = size,
            "video" => told["video_data"] = size,
            "audio" | "file" => told["file_url"] = json!(self.url),
            _ => {}
        }
        told
    }
}
