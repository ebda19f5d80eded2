use std::collections::HashSet;

use platform::config::TokenKey;
use uuid::Uuid;

use super::*;

const TOKEN: &str = "EAATEST0001-a-token-of-metas";

fn keys(keys: &[(&str, u8)], active: &str) -> TokenKeys {
    let keys = keys
        .iter()
        .map(|(id, byte)| TokenKey {
            id: (*id).to_owned(),
            key: Secret::new(URL_SAFE_NO_PAD.encode([*byte; 32])),
        })
        .collect();
    TokenKeys { keys, active: active.to_owned() }
}

fn ring(list: &[(&str, u8)], active: &str) -> KeyRing {
    KeyRing::new(&keys(list, active)).unwrap()
}

fn world() -> World {
    World::for_tests("2026-11-20T10:00:00Z".parse().unwrap()).0
}

fn place() -> Place {
    Place { workspace_id: Uuid::from_u128(1), subject_id: Uuid::from_u128(2), kind: "user" }
}

fn sealed(ring: &KeyRing) -> Sealed {
    ring.seal(&world(), &place(), &Secret::new(TOKEN)).unwrap()
}

#[test]
fn round_trip() {
    let ring = ring(&[("k1", 7)], "k1");
    for text in ["", TOKEN, "ä€😀", &"x".repeat(5_000)] {
        let sealed = ring.seal(&world(), &place(), &Secret::new(text)).unwrap();
        assert_eq!(ring.open(&place(), &sealed.ciphertext).unwrap().expose(), text);
    }
}

#[test]
fn the_text_form_names_format_and_key() {
    let sealed = sealed(&ring(&[("k1", 7)], "k1"));
    let parts: Vec<&str> = sealed.ciphertext.split('.').collect();
    assert_eq!((parts.len(), parts[0], parts[1]), (4, "v1", "k1"));
    assert_eq!(parts[2].len(), 16, "96 bits of nonce");
    assert_eq!(URL_SAFE_NO_PAD.decode(parts[3]).unwrap().len(), TOKEN.len() + TAG_BYTES);
    assert_eq!(sealed.key_id, "k1");
    assert!(!sealed.ciphertext.contains(TOKEN));
}

#[test]
fn the_same_text_twice_gives_different_ciphertexts() {
    let (ring, world) = (ring(&[("k1", 7)], "k1"), world());
    let token = Secret::new(TOKEN);
    assert_ne!(ring.seal(&world, &place(), &token).unwrap(), ring.seal(&world, &place(), &token).unwrap());
}

#[test]
fn one_flipped_bit_in_any_part_is_refused() {
    let ring = ring(&[("k1", 7)], "k1");
    let text = sealed(&ring).ciphertext;
    for position in 0..text.len() {
        for bit in 0..7 {
            let mut bytes = text.clone().into_bytes();
            bytes[position] ^= 1 << bit;
            let changed = String::from_utf8(bytes).unwrap();
            assert!(ring.open(&place(), &changed).is_err(), "byte {position}, bit {bit}");
        }
    }
}

#[test]
fn one_flipped_bit_of_nonce_ciphertext_or_tag_is_refused() {
    let ring = ring(&[("k1", 7)], "k1");
    let text = sealed(&ring).ciphertext;
    let parts = sealed::read(&text).unwrap();
    for bit in 0..NONCE_BYTES * 8 {
        let mut nonce = parts.nonce;
        nonce[bit / 8] ^= 1 << (bit % 8);
        let changed = sealed::write("k1", nonce, &parts.ciphertext).ciphertext;
        assert_eq!(ring.open(&place(), &changed).unwrap_err(), OpenError::Refused);
    }
    for bit in 0..parts.ciphertext.len() * 8 {
        let mut ciphertext = parts.ciphertext.clone();
        ciphertext[bit / 8] ^= 1 << (bit % 8);
        let changed = sealed::write("k1", parts.nonce, &ciphertext).ciphertext;
        assert_eq!(ring.open(&place(), &changed).unwrap_err(), OpenError::Refused);
    }
}

#[test]
fn another_place_is_refused() {
    let ring = ring(&[("k1", 7)], "k1");
    let text = sealed(&ring).ciphertext;
    for other in [
        Place { workspace_id: Uuid::from_u128(9), ..place() },
        Place { subject_id: Uuid::from_u128(9), ..place() },
        Place { kind: "page", ..place() },
    ] {
        assert_eq!(ring.open(&other, &text).unwrap_err(), OpenError::Refused, "{other:?}");
    }
}

#[test]
fn another_key_of_the_same_id_is_refused() {
    let text = sealed(&ring(&[("k1", 7)], "k1")).ciphertext;
    assert_eq!(ring(&[("k1", 8)], "k1").open(&place(), &text).unwrap_err(), OpenError::Refused);
}

#[test]
fn the_key_id_is_bound_even_when_both_keys_are_equal() {
    let ring = ring(&[("k1", 7), ("k2", 7)], "k1");
    let renamed = sealed(&ring).ciphertext.replacen(".k1.", ".k2.", 1);
    assert_eq!(ring.open(&place(), &renamed).unwrap_err(), OpenError::Refused);
}

#[test]
fn an_old_key_still_opens_after_a_rotation() {
    let text = sealed(&ring(&[("k1", 7)], "k1")).ciphertext;
    let rotated = ring(&[("k1", 7), ("k2", 8)], "k2");
    assert_eq!(rotated.open(&place(), &text).unwrap().expose(), TOKEN);
    assert_eq!(sealed(&rotated).key_id, "k2");
    assert_eq!(rotated.active(), "k2");
    assert!(rotated.has("k1") && rotated.has("k2") && !rotated.has("k3"));
    let retired = ring(&[("k2", 8)], "k2");
    assert_eq!(retired.open(&place(), &text).unwrap_err(), OpenError::UnknownKey("k1".to_owned()));
}

#[test]
fn what_is_not_a_sealed_token_is_malformed() {
    let ring = ring(&[("k1", 7)], "k1");
    let text = sealed(&ring).ciphertext;
    for other in [
        "",
        TOKEN,
        "v1.k1",
        "v1...",
        &text.replacen("v1", "v2", 1),
        &format!("{text}."),
        &format!("{text}="),
        "v1.k1.AAAAAAAAAAAAAAAA.AAAA",
    ] {
        assert_eq!(ring.open(&place(), other).unwrap_err(), OpenError::Malformed, "{other}");
    }
}

#[test]
fn a_hundred_thousand_nonces_are_distinct() {
    let (ring, world) = (ring(&[("k1", 7)], "k1"), World::real());
    let token = Secret::new("x");
    let nonces: HashSet<[u8; NONCE_BYTES]> = (0..100_000)
        .map(|_| {
            let sealed = ring.seal(&world, &place(), &token).unwrap();
            sealed::read(&sealed.ciphertext).unwrap().nonce
        })
        .collect();
    assert_eq!(nonces.len(), 100_000);
}

#[test]
fn a_ring_needs_well_formed_keys_and_its_active_one() {
    let error = |list: &[(&str, u8)], active| KeyRing::new(&keys(list, active)).unwrap_err();
    assert_eq!(error(&[("k1", 7)], "k2"), KeyRingError::NoActive("k2".to_owned()));
    assert_eq!(error(&[], "k1"), KeyRingError::NoActive("k1".to_owned()));
    assert_eq!(error(&[("k1", 7), ("k1", 8)], "k1"), KeyRingError::Duplicate("k1".to_owned()));
    assert_eq!(error(&[("k.1", 7)], "k.1"), KeyRingError::BadId);
    for bad in ["c2hvcnQ", "not base64!", ""] {
        let mut list = keys(&[("k1", 7)], "k1");
        list.keys[0].key = Secret::new(bad);
        let error = KeyRing::new(&list).unwrap_err();
        assert_eq!(error, KeyRingError::Malformed("k1".to_owned()));
        assert!(bad.is_empty() || !format!("{error} {error:?}").contains(bad));
    }
}

#[test]
fn keys_are_read_in_both_alphabets_padded_or_not() {
    let mut list = keys(&[("k1", 0xfb)], "k1");
    let text = sealed(&KeyRing::new(&list).unwrap()).ciphertext;
    for key in [
        base64::engine::general_purpose::STANDARD.encode([0xfb; 32]),
        base64::engine::general_purpose::URL_SAFE.encode([0xfb; 32]),
    ] {
        list.keys[0].key = Secret::new(key);
        assert_eq!(KeyRing::new(&list).unwrap().open(&place(), &text).unwrap().expose(), TOKEN);
    }
}

#[test]
fn debug_prints_nothing() {
    let ring = ring(&[("k1", 7)], "k1");
    assert_eq!(format!("{ring:?}"), "[redacted]");
    let opened = ring.open(&place(), &sealed(&ring).ciphertext).unwrap();
    assert_eq!(format!("{opened:?}"), "[redacted]");
    assert!(!format!("{:?}", keys(&[("k1", 7)], "k1")).contains(&URL_SAFE_NO_PAD.encode([7; 32])));
}
