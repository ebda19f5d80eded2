use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};

use super::*;

const NOW: i64 = 1_795_168_800;

fn secret() -> AuthSecret {
    AuthSecret::new(&[7; 32])
}

fn tokens() -> AccessTokens {
    AccessTokens::new(&secret(), &"https://mooring.example/".parse().unwrap())
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn bearer() -> Bearer {
    Bearer { user_id: UserId(Uuid::from_u128(1)), session_id: SessionId(Uuid::from_u128(2)) }
}

fn claims() -> Value {
    json!({
        "iss": "https://mooring.example/", "aud": "https://mooring.example/",
        "sub": Uuid::from_u128(1), "sid": Uuid::from_u128(2), "jti": Uuid::from_u128(3),
        "iat": NOW, "exp": NOW + 600,
    })
}

fn header() -> Value {
    json!({ "typ": "at+jwt", "alg": "HS256" })
}

/// A token of this header and these claims with a good signature over them.
fn signed(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(header), part(claims));
    let key = EncodingKey::from_secret(&secret().derive("access token"));
    let signature = jsonwebtoken::crypto::sign(text.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{text}.{signature}")
}

fn with(mut value: Value, name: &str, to: Value) -> Value {
    value[name] = to;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

#[test]
fn a_token_speaks_for_its_bearer_for_ten_minutes() {
    let (world, clock) = World::for_tests(now());
    let (token, expires_at) = tokens().issue(&world, bearer()).unwrap();
    assert_eq!((expires_at - now()).num_minutes(), 10);
    assert_eq!(tokens().verify(token.expose(), world.now()), Some(bearer()));
    clock.advance(TimeDelta::seconds(599));
    assert_eq!(tokens().verify(token.expose(), world.now()), Some(bearer()));
    clock.advance(TimeDelta::seconds(32));
    assert_eq!(tokens().verify(token.expose(), world.now()), None);
    let other = tokens().issue(&world, bearer()).unwrap().0;
    assert_ne!(token.expose(), other.expose());
}

#[test]
fn a_token_made_by_hand_works_so_that_the_refusals_below_mean_something() {
    assert_eq!(tokens().verify(&signed(&header(), &claims()), now()), Some(bearer()));
    let with_nbf = with(claims(), "nbf", json!(NOW));
    assert_eq!(tokens().verify(&signed(&header(), &with_nbf), now()), Some(bearer()));
}

#[test]
fn every_claim_is_required_and_checked() {
    for name in ["iss", "aud", "sub", "sid", "exp", "iat", "jti"] {
        let token = signed(&header(), &without(claims(), name));
        assert_eq!(tokens().verify(&token, now()), None, "without {name}");
        for value in [json!(null), json!("x"), json!(["https://mooring.example/"]), json!({})] {
            let token = signed(&header(), &with(claims(), name, value.clone()));
            assert_eq!(tokens().verify(&token, now()), None, "{name} is {value}");
        }
    }
    for (name, value) in [
        ("iss", json!("https://other.example/")),
        ("aud", json!("https://other.example/")),
        ("exp", json!(NOW - 31)),
        ("iat", json!(NOW + 31)),
        ("nbf", json!(NOW + 31)),
    ] {
        let token = signed(&header(), &with(claims(), name, value));
        assert_eq!(tokens().verify(&token, now()), None, "{name}");
    }
}

#[test]
fn only_our_own_header_is_read() {
    let jwk = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(secret().derive("access token")) });
    for other in [
        without(header(), "typ"),
        with(header(), "typ", json!("JWT")),
        with(header(), "typ", json!("AT+JWT")),
        with(header(), "alg", json!("HS512")),
        with(header(), "alg", json!("RS256")),
        with(header(), "alg", json!("none")),
        with(header(), "kid", json!("../../dev/null")),
        with(header(), "jku", json!("https://evil.example/keys")),
        with(header(), "jwk", jwk),
        with(header(), "x5u", json!("https://evil.example/keys")),
        with(header(), "crit", json!(["exp"])),
        with(header(), "extra", json!(1)),
    ] {
        assert_eq!(tokens().verify(&signed(&other, &claims()), now()), None, "{other}");
    }
}

#[test]
fn none_and_other_keys_and_changes_are_refused() {
    let token = signed(&header(), &claims());
    let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
    assert_eq!(tokens().verify(&unsigned, now()), None);
    let url = "https://mooring.example/".parse().unwrap();
    assert_eq!(AccessTokens::new(&AuthSecret::new(&[8; 32]), &url).verify(&token, now()), None);
    for position in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[position] ^= 1;
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(tokens().verify(&changed, now()), None, "byte {position}");
    }
    for other in ["", "a.b.c", &secret().token("session refresh", b"x"), &"x".repeat(100_000)] {
        assert_eq!(tokens().verify(other, now()), None);
    }
}
