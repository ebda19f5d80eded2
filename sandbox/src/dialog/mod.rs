//! The two consent windows, as ordinary pages with one form that works without scripts.

pub(crate) mod facebook;
pub(crate) mod instagram;

use maud::html;

use crate::{
    call::{Answer, Params},
    style,
};

/// A page that says what is wrong with the request; Meta never redirects in this case.
fn refused(title: &str, text: &str) -> Answer {
    let body = html! {
        div.card {
            h1 { (title) }
            p { (text) }
        }
    };
    Answer::html(400, style::page(title, "dialog", &body).into_string())
}

/// The address to return to with further parameters, and with the state if one was sent, before
/// whatever fragment Meta adds.
fn back(redirect_uri: &str, pairs: &[(&str, &str)], state: Option<&str>, fragment: &str) -> Answer {
    let Ok(mut url) = url::Url::parse(redirect_uri) else {
        return refused("Error", "The redirect address is not a URL.");
    };
    url.query_pairs_mut().extend_pairs(pairs).extend_pairs(state.map(|state| ("state", state)));
    url.set_fragment(None);
    Answer::redirect(format!("{url}{fragment}"))
}

/// Whether either dialog knows a permission.
pub(crate) fn knows(permission: &str) -> bool {
    facebook::KNOWN.contains(&permission) || instagram::KNOWN.contains(&permission)
}

/// A permission in words, for people.
fn in_words(permission: &str) -> &str {
    match permission {
        "instagram_basic" => "See the profile and media of your Instagram accounts",
        "instagram_manage_insights" => "See insights of your Instagram accounts",
        "instagram_manage_comments" => "Manage comments on your Instagram accounts",
        "instagram_content_publish" => "Publish to your Instagram accounts",
        "instagram_manage_messages" => "Manage messages of your Instagram accounts",
        "pages_show_list" => "Show a list of the Pages you manage",
        "pages_read_engagement" => "Read content posted on your Pages",
        "pages_manage_metadata" => "Manage settings and webhooks of your Pages",
        "pages_messaging" => "Manage conversations of your Pages",
        "business_management" => "Manage your business portfolios",
        "ads_read" => "Read the performance of your ads",
        "ads_management" => "Manage your ads",
        "email" => "See your e-mail address",
        "public_profile" => "See your name and profile picture",
        "instagram_business_basic" => "See your profile and media",
        "instagram_business_manage_insights" => "See insights of your account",
        "instagram_business_manage_comments" => "Manage comments on your media",
        "instagram_business_manage_messages" => "Manage your messages",
        "instagram_business_content_publish" => "Publish for you",
        other => other,
    }
}

/// The permissions that were left ticked; `None` means all that were asked for.
///
/// A program may post to the dialog's own address, whose query names in `scope` what is asked for;
/// our form carries that under another name.
fn ticked(params: &Params) -> Option<Vec<String>> {
    let own_form = params.get("scope_asked").is_some();
    let sent: Vec<String> = params.all("scope").skip(usize::from(!own_form)).flat_map(names).collect();
    let all = !own_form || params.get("all") == Some("1");
    (!sent.is_empty() || !all).then_some(sent)
}

/// Splits `a,b c` into names, each once.
fn names(text: &str) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for name in text.split([',', ' ', '+']).filter(|name| !name.is_empty()) {
        if !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
    }
    list
}
