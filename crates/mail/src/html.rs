//! A mail as HTML: styles inline, nothing loaded from anywhere, no tracking.

use maud::{DOCTYPE, Markup, html};

use crate::letter::Block;

const BODY: &str = "margin:0;padding:24px;background:#f4f6f8;color:#1b2733;font:16px/1.5 sans-serif";
/// A bare address is longer than a phone is wide. Mail programs know one or the other way to break it;
/// without, they shrink the whole mail.
const SHEET: &str = "max-width:560px;margin:0 auto;padding:24px;background:#ffffff;border-radius:8px;\
                     overflow-wrap:anywhere;word-break:break-word";
const BUTTON: &str = "display:inline-block;padding:12px 24px;border-radius:6px;background:#0b6e75;\
                      color:#ffffff;font-weight:bold;text-decoration:none";
const SMALL: &str = "color:#5b6875;font-size:14px";
const UNLINKED: &str = "color:inherit;text-decoration:none";

pub(crate) fn text(subject: &str, blocks: &[Block]) -> String {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (subject) }
            }
            body style=(BODY) {
                div style=(SHEET) {
                    @for item in blocks { (block(item)) }
                    p style=(SMALL) { "Mooring" }
                }
            }
        }
    }
    .into_string()
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Text(text) => html! { p { (text) } },
        Block::Small(text) => html! { p style=(SMALL) { (text) } },
        Block::Accounts(handles) => html! {
            // An anchor without a target keeps mail programs from making one of a handle with a dot.
            ul { @for handle in handles { li { a style=(UNLINKED) { b { (handle) } } } } }
        },
        Block::Link { label, url } => html! {
            p { a style=(BUTTON) href=(url.expose()) { (label) } }
            p style=(SMALL) { "Or copy this address into the browser:" br; (url.expose()) }
        },
    }
}
