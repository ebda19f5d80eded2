use proptest::prelude::*;
use serde_json::json;

use crate::call::{Host, Purpose};
use crate::error::{Cause, ErrorKind, MessageFault, OperatorFault, ThrottleScope};
use crate::error_body;

use Cause::{AppRemoved, Checkpoint, Expired, InvalidSession, PageRoleLost, PasswordChanged, Unconfirmed};
use ErrorKind::{
    BadRequest, Blocked, CodeRefused, Gone, MessageRefused, NotEnoughViewers, NotOnFacebook, Operator,
    Permission, Reauthorise, Transient, Unclear, UnsupportedMetric, WithoutInsights,
};
use Host::{FacebookGraph as Fb, InstagramApi as IgApi, InstagramGraph as Ig};
use MessageFault::{AppsNotAllowed, NoRecipient, OutsideWindow, RecipientUnavailable};
use OperatorFault::{AppDisabled, AppId, AppSecret, Proof};
use Purpose::{
    Account, Batch, CodeExchange, Conversation, DebugToken, Insights, Media, MediaInsights, Page, Refresh,
    SecretExchange, Send, TokenState, User,
};

fn judge(host: Host, purpose: Purpose, status: u16, body: &[u8]) -> Option<ErrorKind> {
    error_body::outcome(host, purpose, status, body).err().map(|error| error.kind())
}

fn throttled(scope: ThrottleScope) -> ErrorKind {
    ErrorKind::Throttled { scope, until: None }
}

/// An envelope with the least that Meta sends.
fn envelope(code: i64, subcode: Option<i64>) -> String {
    let mut error =
        json!({"message": "gist", "type": "OAuthException", "code": code, "fbtrace_id": "AbCdEfGh1234"});
    if let Some(subcode) = subcode {
        error["error_subcode"] = json!(subcode);
    }
    json!({ "error": error }).to_string()
}

/// Host, purpose, HTTP status, code, subcode, and the class they stand for.
type Case = (Host, Purpose, u16, i64, Option<i64>, ErrorKind);

#[test]
fn codes_have_their_class() {
    let app = throttled(ThrottleScope::App);
    let user = throttled(ThrottleScope::User);
    let page = throttled(ThrottleScope::Page);
    let account = throttled(ThrottleScope::Account);
    let messaging = throttled(ThrottleScope::Messaging);
    let cases: &[Case] = &[
        // Tokens.
        (Fb, Account, 400, 190, Some(463), Reauthorise(Expired)),
        (Fb, Account, 401, 190, Some(463), Reauthorise(Expired)),
        (Fb, SecretExchange, 400, 190, Some(463), Reauthorise(Expired)),
        (Fb, Account, 400, 190, Some(458), Reauthorise(AppRemoved)),
        (Fb, Account, 400, 190, Some(461), Reauthorise(AppRemoved)),
        (Fb, Account, 400, 190, Some(466), Reauthorise(AppRemoved)),
        (Fb, Account, 400, 190, Some(460), Reauthorise(PasswordChanged)),
        (Fb, Account, 400, 190, Some(459), Reauthorise(Checkpoint)),
        (Fb, Account, 400, 190, Some(464), Reauthorise(Unconfirmed)),
        (Fb, Account, 400, 190, Some(492), Reauthorise(PageRoleLost)),
        (Fb, Account, 400, 190, Some(467), Reauthorise(InvalidSession)),
        (Fb, Account, 400, 190, Some(468), Reauthorise(InvalidSession)),
        (Fb, Account, 400, 190, Some(999), Reauthorise(InvalidSession)),
        (Fb, Account, 400, 190, Some(0), Reauthorise(InvalidSession)),
        (Fb, Account, 400, 190, None, Reauthorise(InvalidSession)),
        (Fb, User, 400, 102, None, Reauthorise(InvalidSession)),
        (Fb, User, 400, 102, Some(463), Reauthorise(Expired)),
        (Fb, User, 400, 102, Some(460), Reauthorise(PasswordChanged)),
        (Fb, User, 400, 102, Some(459), Reauthorise(Checkpoint)),
        (Ig, Account, 400, 190, None, Reauthorise(InvalidSession)),
        (Ig, Refresh, 400, 190, None, Reauthorise(InvalidSession)),
        (Ig, Refresh, 400, 190, Some(463), Reauthorise(Expired)),
        (Fb, TokenState, 200, 190, Some(460), Reauthorise(PasswordChanged)),
        (Fb, TokenState, 200, 190, None, Reauthorise(InvalidSession)),
        // An error inside an answer with status 200 is one all the same.
        (Fb, Account, 200, 190, Some(463), Reauthorise(Expired)),
        // Limits.
        (Fb, Account, 403, 4, None, app),
        (Fb, Account, 400, 4, Some(2_207_051), app),
        (Fb, Account, 400, 341, None, app),
        (Fb, User, 400, 17, None, user),
        (Fb, User, 400, 32, None, page),
        (Fb, User, 400, 613, None, user),
        (Fb, Account, 429, 613, Some(1996), account),
        (Ig, Insights, 400, 613, None, account),
        (Ig, Account, 400, 613, Some(2_534_040), messaging),
        (Fb, User, 400, 80_001, None, page),
        (Fb, Insights, 400, 80_002, None, account),
        (Ig, Insights, 403, 80_002, None, account),
        (Ig, Insights, 429, 80_002, None, account),
        (Fb, User, 400, 80_006, None, messaging),
        (Fb, User, 400, 80_000, None, account),
        (Fb, User, 400, 80_014, None, account),
        (Fb, User, 500, 4, None, app),
        (Fb, Account, 429, 190, None, account),
        // Permission.
        (Fb, Insights, 403, 10, None, Permission),
        (Fb, Insights, 400, 10, None, Permission),
        (Fb, Insights, 403, 200, None, Permission),
        (Fb, Account, 400, 299, None, Permission),
        (Fb, Account, 400, 3, None, Permission),
        (Ig, Account, 400, 10, None, Permission),
        // Requests and objects.
        (Fb, Account, 400, 100, Some(33), Gone),
        (Fb, Insights, 400, 100, Some(33), Gone),
        (Fb, Insights, 400, 100, Some(2_108_006), Gone),
        (Fb, Account, 400, 110, Some(2_207_013), Gone),
        (Fb, Account, 404, 803, None, Gone),
        (Fb, Insights, 400, 100, None, UnsupportedMetric),
        (Ig, Insights, 400, 100, None, UnsupportedMetric),
        (Fb, Insights, 400, 100, Some(2_207_086), UnsupportedMetric),
        (Fb, User, 400, 100, None, BadRequest),
        (Fb, DebugToken, 400, 100, None, BadRequest),
        (Ig, Refresh, 400, 100, None, BadRequest),
        (Fb, User, 400, 2_500, None, BadRequest),
        (Fb, User, 400, 104, None, BadRequest),
        (Fb, User, 400, 2_635, None, BadRequest),
        (Fb, Account, 400, 368, None, Blocked),
        (Fb, Account, 500, 368, None, Blocked),
        // Media and messages.
        (Fb, MediaInsights, 400, 10, None, NotEnoughViewers),
        (Ig, MediaInsights, 403, 10, None, NotEnoughViewers),
        (Fb, MediaInsights, 403, 200, None, Permission),
        (Fb, MediaInsights, 400, 100, None, UnsupportedMetric),
        (Fb, MediaInsights, 400, 100, Some(2_207_086), NotOnFacebook),
        (Fb, MediaInsights, 400, 100, Some(2_108_006), WithoutInsights),
        (Fb, MediaInsights, 400, 100, Some(33), Gone),
        (Fb, Media, 400, 100, Some(33), Gone),
        (Fb, Media, 400, 100, None, BadRequest),
        (Fb, Media, 400, 10, None, Permission),
        (Fb, Media, 400, 613, None, account),
        (Fb, Batch, 400, 100, None, BadRequest),
        (Fb, Conversation, 400, 613, None, messaging),
        (Fb, Conversation, 400, 100, Some(33), Gone),
        (Fb, Send, 400, 613, Some(2_534_040), messaging),
        (Ig, Send, 400, 10, Some(2_534_022), MessageRefused(OutsideWindow)),
        (Fb, Send, 400, 100, Some(2_534_014), MessageRefused(NoRecipient)),
        (Fb, Send, 403, 200, Some(2_534_041), MessageRefused(AppsNotAllowed)),
        (Fb, Send, 400, 551, None, MessageRefused(RecipientUnavailable)),
        (Fb, Send, 400, 10, Some(1_893_063), MessageRefused(RecipientUnavailable)),
        (Fb, Send, 400, 100, Some(2_534_029), BadRequest),
        (Fb, Send, 403, 10, None, Permission),
        (Fb, Send, 400, 190, Some(460), Reauthorise(PasswordChanged)),
        (Fb, Send, 400, 1, Some(1_357_046), Unclear),
        (Fb, Send, 500, 2, None, Unclear),
        (Fb, Send, 400, 123_456, None, Unclear),
        // Codes.
        (Fb, CodeExchange, 400, 100, Some(36_009), CodeRefused),
        (Fb, CodeExchange, 400, 100, Some(36_007), CodeRefused),
        (Fb, CodeExchange, 400, 100, Some(36_008), CodeRefused),
        (Fb, CodeExchange, 400, 100, None, CodeRefused),
        (Fb, CodeExchange, 400, 190, Some(460), CodeRefused),
        (Fb, CodeExchange, 400, 102, None, CodeRefused),
        (IgApi, CodeExchange, 400, 100, None, CodeRefused),
        // Our own set-up.
        (Fb, CodeExchange, 400, 1, None, Operator(AppSecret)),
        (Fb, SecretExchange, 400, 1, None, Operator(AppSecret)),
        (Ig, SecretExchange, 400, 1, None, Operator(AppSecret)),
        (Fb, DebugToken, 400, 190, None, Operator(AppSecret)),
        (Fb, DebugToken, 400, 190, Some(463), Operator(AppSecret)),
        (Fb, CodeExchange, 400, 190, None, Operator(AppDisabled)),
        (Fb, CodeExchange, 400, 101, None, Operator(AppId)),
        (Fb, Account, 400, 101, None, Operator(AppId)),
        // Trouble at Meta, and what nobody has documented.
        (Fb, Account, 500, 1, None, Transient),
        (Fb, Account, 400, 1, None, Transient),
        (Ig, Refresh, 400, 1, None, Transient),
        (Fb, SecretExchange, 500, 1, None, Transient),
        (Fb, Account, 503, 2, None, Transient),
        (Fb, Account, 200, 2, None, Transient),
        (Fb, Account, 500, 190, Some(463), Transient),
        (Fb, Account, 502, 100, None, Transient),
        (Fb, Account, 400, 123_456, None, Transient),
        (Fb, Account, 400, -1, None, Transient),
        (Fb, Account, 400, 199, None, Transient),
        (Fb, Account, 400, 300, None, Transient),
        (Fb, Account, 400, 80_015, None, Transient),
    ];
    for (host, purpose, status, code, subcode, expected) in cases {
        let body = envelope(*code, *subcode);
        let seen = judge(*host, *purpose, *status, body.as_bytes());
        assert_eq!(seen, Some(*expected), "{host:?} {purpose:?} {status} {code}/{subcode:?}");
    }
}

#[test]
fn bodies_have_their_class() {
    let account = throttled(ThrottleScope::Account);
    let deep = format!("{}{}", "{\"error\":".repeat(500), "}".repeat(500));
    let cases: &[(Host, Purpose, u16, &str, ErrorKind)] = &[
        // Bodies that say nothing.
        (Fb, Account, 200, "", Transient),
        (Fb, Account, 500, "", Transient),
        (Fb, Account, 400, "", Transient),
        (Fb, Account, 400, "{}", Transient),
        (Fb, Account, 404, "{}", Transient),
        (Fb, Account, 429, "{}", account),
        (Fb, Account, 429, "", account),
        (Fb, User, 429, "<html>", throttled(ThrottleScope::User)),
        (Fb, Account, 503, "<html><body>Sorry, something went wrong.</body></html>", Transient),
        (Fb, Account, 200, "<!DOCTYPE html>", Transient),
        (Fb, Account, 401, "Unauthorized", Transient),
        (Fb, Account, 403, "<html>code 190</html>", Transient),
        (Fb, Account, 302, "", Transient),
        (Fb, Account, 302, "{\"data\":[]}", Transient),
        (Fb, Account, 200, "{\"data\":[{\"id\":\"1784", Transient),
        (
            Fb,
            Account,
            400,
            "{\"error\":{\"message\":\"x\",\"type\":\"OAuthException\",\"code\":19",
            Transient,
        ),
        (Fb, Account, 400, &deep, Transient),
        (Fb, Account, 200, "\u{0}", Transient),
        // Errors of other types than expected.
        (Fb, Account, 400, "{\"error\":\"invalid_token\"}", Transient),
        (Fb, Account, 200, "{\"error\":\"invalid_token\"}", Transient),
        (Fb, Account, 400, "{\"error\":[]}", Transient),
        (Fb, Account, 400, "{\"error\":{}}", Transient),
        (Fb, Account, 400, "{\"error\":{\"code\":null}}", Transient),
        (Fb, Account, 400, "{\"error\":{\"code\":[190]}}", Transient),
        (Fb, Account, 400, "{\"error\":{\"code\":1e300}}", Transient),
        (Fb, Account, 400, "{\"error\":{\"code\":190.5}}", Transient),
        (Fb, Account, 400, "[{\"error\":{\"code\":190}}]", Transient),
        (Fb, Account, 400, "{\"error\":{\"code\":\"190\",\"error_subcode\":\"463\"}}", Reauthorise(Expired)),
        (
            Fb,
            Account,
            400,
            "{\"error\":{\"code\":190,\"error_subcode\":{},\"message\":7}}",
            Reauthorise(InvalidSession),
        ),
        // What Meta calls transient is, unless it is a pause.
        (Fb, Account, 400, "{\"error\":{\"code\":100,\"is_transient\":true}}", Transient),
        (Fb, Account, 400, "{\"error\":{\"code\":190,\"is_transient\":true}}", Transient),
        (Fb, SecretExchange, 400, "{\"error\":{\"code\":1,\"is_transient\":true}}", Transient),
        (
            Fb,
            Account,
            403,
            "{\"error\":{\"message\":\"(#4) Application request limit reached\",\"type\":\"OAuthException\",\
             \"is_transient\":true,\"code\":4,\"fbtrace_id\":\"Ab1\"}}",
            throttled(ThrottleScope::App),
        ),
        // The proof: told by the type, on Facebook's host, where no object could be missing.
        (Fb, User, 400, "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100}}", Operator(Proof)),
        (Fb, Batch, 400, "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100}}", Operator(Proof)),
        (Fb, Page, 400, "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100}}", Gone),
        (Fb, Account, 400, "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100}}", Gone),
        (Fb, Insights, 400, "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100}}", Gone),
        (
            Fb,
            Account,
            400,
            "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100,\"error_subcode\":33}}",
            Gone,
        ),
        (Ig, Account, 400, "{\"error\":{\"type\":\"GraphMethodException\",\"code\":100}}", BadRequest),
        (Ig, Refresh, 400, "{\"error\":{\"type\":\"IGApiException\",\"code\":100}}", BadRequest),
        // The flat shape.
        (
            IgApi,
            CodeExchange,
            400,
            "{\"error_type\":\"OAuthException\",\"code\":400,\
             \"error_message\":\"Matching code was not found or was already used\"}",
            CodeRefused,
        ),
        (IgApi, CodeExchange, 200, "{\"error_type\":\"OAuthException\",\"code\":400}", CodeRefused),
        (IgApi, CodeExchange, 403, "{\"error_type\":\"OAuthForbiddenException\",\"code\":403}", CodeRefused),
        (IgApi, CodeExchange, 500, "{\"error_type\":\"OAuthException\",\"code\":400}", Transient),
        (
            IgApi,
            CodeExchange,
            400,
            "{\"error_type\":\"OAuthRateLimitException\",\"code\":429}",
            throttled(ThrottleScope::User),
        ),
        (IgApi, CodeExchange, 400, "{\"error_type\":\"OAuthException\"}", CodeRefused),
        (IgApi, CodeExchange, 401, "{\"error_type\":\"OAuthException\",\"code\":401}", CodeRefused),
        (Fb, CodeExchange, 400, "{\"error\":{\"code\":2500}}", CodeRefused),
        (Fb, CodeExchange, 400, "{\"error\":{\"code\":10}}", CodeRefused),
        (Fb, CodeExchange, 400, "{\"error\":{\"code\":1,\"error_subcode\":99}}", Transient),
        // Errors where others put them.
        (Ig, Account, 400, "{\"error_type\":\"x\",\"code\":190,\"error_subcode\":463}", Reauthorise(Expired)),
        (Fb, User, 400, "{\"code\":400,\"error_code\":\"190\"}", Reauthorise(InvalidSession)),
        (Fb, User, 400, "{\"code\":190,\"type\":\"OAuthException\"}", Reauthorise(InvalidSession)),
        (Fb, User, 400, "{\"data\":{\"error\":{\"code\":190,\"subcode\":463}}}", Reauthorise(Expired)),
        (
            Fb,
            User,
            400,
            "{\"error\":{\"code\":\"190.0\",\"error_subcode\":460.0}}",
            Reauthorise(PasswordChanged),
        ),
        (Fb, User, 400, "{\"error\":{\"code\":190,\"is_transient\":1.0}}", Transient),
        (Fb, User, 400, "{\"error\":{\"code\":190,\"is_transient\":\"TRUE\"}}", Transient),
        (Ig, Account, 400, "{\"error_type\":\"OAuthException\",\"code\":400}", Transient),
        (Ig, Account, 400, "{\"error_type\":\"OAuthException\",\"code\":190}", Reauthorise(InvalidSession)),
        (Fb, User, 400, "{\"error_code\":190,\"error_description\":\"x\"}", Reauthorise(InvalidSession)),
        // Numbers in texts mean nothing.
        (Fb, Account, 400, "{\"error\":{\"message\":\"(#190) code 190 subcode 463\",\"code\":2}}", Transient),
    ];
    for (host, purpose, status, body, expected) in cases {
        let seen = judge(*host, *purpose, *status, body.as_bytes());
        assert_eq!(seen, Some(*expected), "{host:?} {purpose:?} {status} {body:.120}");
    }
}

#[test]
fn successful_answers_are_no_errors() {
    for body in [
        "{}",
        "{\"data\":[]}",
        "true",
        "{\"error\":null,\"id\":\"1\"}",
        "{\"error\":false,\"id\":\"1\"}",
        "{\"error\":{},\"id\":\"1\"}",
        "{\"error_message\":null,\"error_code\":null,\"id\":\"1\"}",
        "{\"code\":190,\"id\":\"1\"}",
        "\u{feff}{\"id\":\"1\"}",
    ] {
        assert_eq!(judge(Fb, Account, 200, body.as_bytes()), None, "{body}");
    }
    // Profiles may speak of errors.
    let token = "{\"access_token\":\"IGAATEST0001\",\"error_message\":\"\"}";
    assert_eq!(judge(IgApi, CodeExchange, 200, token.as_bytes()), None);
}

#[test]
fn trace_ids_are_short_words() {
    let trace_id = |id: &str| {
        let body = json!({"error": {"code": 2, "fbtrace_id": id}}).to_string();
        let error = error_body::outcome(Fb, Account, 500, body.as_bytes()).unwrap_err();
        error.trace_id().map(str::to_owned)
    };
    assert_eq!(trace_id("AbCdEfGh1234").as_deref(), Some("AbCdEfGh1234"));
    assert_eq!(trace_id("two words"), None);
    assert_eq!(trace_id(&"E".repeat(200)), None);
}

/// The members of an envelope that say something, as JSON texts.
fn members(code: i64, subcode: Option<i64>, transient: Option<bool>) -> Vec<(String, String)> {
    let mut members = vec![
        ("type".to_owned(), "\"OAuthException\"".to_owned()),
        ("code".to_owned(), code.to_string()),
        ("fbtrace_id".to_owned(), "\"AbC\"".to_owned()),
    ];
    members.extend(subcode.map(|subcode| ("error_subcode".to_owned(), subcode.to_string())));
    members.extend(transient.map(|transient| ("is_transient".to_owned(), transient.to_string())));
    members
}

fn object(members: &[(String, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

fn code() -> impl Strategy<Value = i64> {
    prop_oneof![
        prop::sample::select(vec![
            1_i64, 2, 3, 4, 10, 17, 32, 100, 101, 102, 110, 190, 200, 341, 368, 613, 2500, 80_002, 999_999
        ]),
        -5_i64..100_000,
    ]
}

fn subcode() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(prop::sample::select(vec![33_i64, 458, 459, 460, 463, 464, 467, 492, 36_009, 2_207_086]))
}

fn place() -> impl Strategy<Value = (Host, Purpose)> {
    prop::sample::select(vec![
        (Fb, CodeExchange),
        (Fb, SecretExchange),
        (Fb, DebugToken),
        (Fb, User),
        (Fb, Account),
        (Fb, Insights),
        (IgApi, CodeExchange),
        (Ig, Refresh),
        (Ig, Account),
        (Ig, Insights),
        (Fb, MediaInsights),
        (Fb, Batch),
        (Ig, Conversation),
        (Ig, Send),
    ])
}

proptest! {
    /// Texts for people, unknown members and the order of members never change the class.
    #[test]
    fn only_codes_decide(
        (host, purpose) in place(),
        status in prop::sample::select(vec![200_u16, 400, 401, 403, 404, 500, 503]),
        code in code(),
        subcode in subcode(),
        transient in prop::option::of(any::<bool>()),
        texts in prop::collection::vec(any::<String>(), 4),
        extra in prop::collection::btree_map("x_[a-z]{1,8}", any::<i32>(), 0..4),
        order in any::<prop::sample::Index>(),
        reversed in any::<bool>(),
    ) {
        let plain = members(code, subcode, transient);
        let mut dressed = plain.clone();
        for (name, text) in ["message", "error_user_title", "error_user_msg", "x_text"].iter().zip(&texts) {
            dressed.push(((*name).to_owned(), json!(text).to_string()));
        }
        dressed.extend(extra.iter().map(|(name, value)| (name.clone(), format!("{{\"code\":{value}}}"))));
        let turn = order.index(dressed.len());
        dressed.rotate_left(turn);
        if reversed {
            dressed.reverse();
        }
        let plain = format!("{{\"error\":{}}}", object(&plain));
        let dressed = format!("{{\"code\":7,\"error\":{},\"__debug__\":{{}}}}", object(&dressed));
        prop_assert_eq!(
            judge(host, purpose, status, plain.as_bytes()),
            judge(host, purpose, status, dressed.as_bytes())
        );
    }

    /// No bytes make the reader panic, and none of them end a connection by accident.
    #[test]
    fn noise_is_transient(
        (host, purpose) in place(),
        status in 300_u16..600,
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        prop_assume!(status != 429);
        let expected = if purpose == Send { Unclear } else { Transient };
        prop_assert_eq!(judge(host, purpose, status, &bytes), Some(expected));
    }

    /// An answer with a 5xx never ends a connection, whatever it says.
    #[test]
    fn server_faults_end_no_connection(
        (host, purpose) in place(),
        status in 500_u16..600,
        code in code(),
        subcode in subcode(),
    ) {
        let body = envelope(code, subcode);
        let kind = judge(host, purpose, status, body.as_bytes());
        prop_assert!(
            matches!(kind, Some(Transient | Unclear | Blocked | ErrorKind::Throttled { .. })),
            "{:?}", kind
        );
    }
}
