//! Which passwords are good enough, and their slow hashes.
//!
//! A hash takes much memory and a whole core, so at most one per core is made at a time, off the
//! threads that answer requests.

use std::sync::Arc;
use std::time::{Duration, Instant};

use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use platform::{Secret, World};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::Score;

use crate::fields::Fault;

const SHORTEST: usize = 12;
const LONGEST: usize = 128;
/// Judging takes the longer the more characters there are, and no more than these are needed.
const JUDGED: usize = 32;
/// From this memory on, RFC 9106's second recommended set is used; below it, OWASP's.
const RFC_9106_MEMORY_KIB: u32 = 64 * 1024;
/// Waiting longer than this for a turn is worth a warning.
const SLOW_TURN: Duration = Duration::from_millis(500);
/// Waiting longer than this for a turn is refused.
const LONGEST_TURN: Duration = Duration::from_secs(5);

/// Whether `password` may be chosen by the person with these other fields. The list of common
/// passwords is zxcvbn's, of some thirty thousand; it also knows what is nearly one of them.
fn check(password: &Secret, others: &[&str]) -> Result<(), Fault> {
    let password = normalised(password);
    let length = password.expose().chars().count();
    if length == 0 {
        return Err(Fault::Empty);
    }
    if length < SHORTEST {
        return Err(Fault::TooShort { least: SHORTEST });
    }
    if length > LONGEST {
        return Err(Fault::TooLong { most: LONGEST });
    }
    if password.expose().to_lowercase().contains("mooring") {
        return Err(Fault::ContainsProductName);
    }
    let beginning = Secret::new(password.expose().chars().take(JUDGED).collect::<String>());
    // At most a million guesses.
    if zxcvbn::zxcvbn(beginning.expose(), others).score() <= Score::One {
        return Err(Fault::TooCommon);
    }
    Ok(())
}

/// The same characters in the same form, whichever keyboard typed them.
fn normalised(password: &Secret) -> Secret {
    Secret::new(password.expose().nfc().collect::<String>())
}

/// Makes and checks hashes.
#[derive(Clone)]
pub(crate) struct Passwords {
    params: Params,
    world: World,
    turns: Arc<Semaphore>,
    /// A hash that no password has, of the usual cost.
    nobodys: Arc<str>,
}

/// Why there is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HashError {
    /// Too many are waiting.
    Busy,
    /// The hash function refused.
    Failed,
}

/// One of the few turns to hash; the next in line waits for it to be dropped.
pub(crate) struct Turn<'a> {
    passwords: &'a Passwords,
    permit: Arc<OwnedSemaphorePermit>,
}

impl Passwords {
    pub(crate) fn new(memory_kib: u32, world: &World) -> Self {
        let (time, lanes) = if memory_kib >= RFC_9106_MEMORY_KIB { (3, 4) } else { (2, 1) };
        #[expect(clippy::expect_used, reason = "the configuration allows only memory within the bounds")]
        let params = Params::new(memory_kib, time, lanes, Some(32)).expect("parameters within the bounds");
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Self {
            nobodys: nobodys_hash(&params, world).into(),
            params,
            world: world.clone(),
            turns: Arc::new(Semaphore::new(cores)),
        }
    }

    /// Waits for a turn.
    pub(crate) async fn turn(&self) -> Result<Turn<'_>, HashError> {
        let started = Instant::now();
        let permit = tokio::time::timeout(LONGEST_TURN, self.turns.clone().acquire_owned()).await;
        let waited = started.elapsed();
        if waited > SLOW_TURN {
            tracing::warn!(waited_ms = waited.as_millis(), "password hashes are waiting for each other");
        }
        match permit {
            Ok(Ok(permit)) => Ok(Turn { passwords: self, permit: Arc::new(permit) }),
            Ok(Err(_)) => Err(HashError::Failed),
            Err(_) => Err(HashError::Busy),
        }
    }

    /// What is wrong with `password` for the person with these other fields, if anything is.
    pub(crate) async fn check(
        &self,
        password: &Secret,
        others: Vec<String>,
    ) -> Result<Result<(), Fault>, HashError> {
        let password = password.clone();
        self.turn()
            .await?
            .off_thread(move || check(&password, &others.iter().map(String::as_str).collect::<Vec<_>>()))
            .await
    }

    /// The hash of `password` in PHC form.
    pub(crate) async fn hash(&self, password: &Secret) -> Result<String, HashError> {
        self.turn().await?.hash(password).await
    }

    /// A hash that no password has, and that takes as long to check as a real one.
    pub(crate) fn nobodys_hash(&self) -> &str {
        &self.nobodys
    }

    /// Whether `hash` was made with less than what is configured now.
    pub(crate) fn is_weaker(&self, hash: &str) -> bool {
        let Some(made_with) = PasswordHash::new(hash).ok().and_then(|hash| Params::try_from(&hash).ok())
        else {
            return true;
        };
        made_with.m_cost() < self.params.m_cost() || made_with.t_cost() < self.params.t_cost()
    }
}

impl Turn<'_> {
    pub(crate) async fn hash(&self, password: &Secret) -> Result<String, HashError> {
        let password = normalised(password);
        let mut salt = [0; 16];
        self.passwords.world.fill(&mut salt);
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, self.passwords.params.clone());
        self.off_thread(move || {
            argon2.hash_password_with_salt(password.expose().as_bytes(), &salt).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|_| HashError::Failed)
    }

    /// Whether `password` has this `hash`, checked with the cost that the hash itself names.
    pub(crate) async fn verify(&self, password: &Secret, hash: &str) -> Result<bool, HashError> {
        let password = normalised(password);
        let hash = hash.to_owned();
        self.off_thread(move || {
            PasswordHash::new(&hash).is_ok_and(|hash| {
                Argon2::default().verify_password(password.expose().as_bytes(), &hash).is_ok()
            })
        })
        .await
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashError> {
        // The work goes on when nobody waits for it any more, so it holds the turn itself.
        let permit = Arc::clone(&self.permit);
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permit);
            result
        })
        .await
        .map_err(|_| HashError::Failed)
    }
}

#[expect(clippy::expect_used, reason = "lengths within the bounds")]
fn nobodys_hash(params: &Params, world: &World) -> String {
    PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).expect("valid parameters"),
        salt: Some(Salt::new(&world.random_bytes()[..16]).expect("a salt of the usual length")),
        hash: Some(Output::new(&world.random_bytes()).expect("a hash of the usual length")),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passwords(memory_kib: u32) -> Passwords {
        Passwords::new(memory_kib, &World::for_tests("2026-11-20T10:00:00Z".parse().unwrap()).0)
    }

    #[test]
    fn good_passwords_pass_whatever_characters_they_have() {
        for text in [
            "harbour-lights-42",
            "correct horse battery staple",
            "日本のカフェで朝ごはんを食べる",
            &format!("{:.<128}", "Seventeen grey herons wait beside the canal while a slow barge goes by"),
            "a-long-enough-password",
        ] {
            assert_eq!(check(&Secret::new(text), &[]), Ok(()), "{text}");
        }
    }

    #[test]
    fn short_long_common_and_own_names_are_refused() {
        let fault =
            |text: &str| check(&Secret::new(text), &["anna.lindqvist", "Anna Lindqvist"]).unwrap_err();
        assert_eq!(fault(""), Fault::Empty);
        assert_eq!(fault("k9-Tz!4qL_w"), Fault::TooShort { least: 12 });
        assert_eq!(fault(&"k9-Tz".repeat(26)), Fault::TooLong { most: 128 });
        for text in ["password1234", "passwordpassword", "qwertyuiop12", "aaaaaaaaaaaa", "iloveyou2020"] {
            assert_eq!(fault(text), Fault::TooCommon, "{text}");
        }
        assert_eq!(fault("anna.lindqvist"), Fault::TooCommon);
        assert_eq!(fault("My-MooRing-77!x"), Fault::ContainsProductName);
    }

    #[test]
    fn only_the_beginning_of_a_password_is_judged() {
        // Judging takes longer the longer and odder a text is; what comes after the bound costs nothing.
        let weak_beginning = format!("{}harbour-lights-42", "a".repeat(32));
        assert!(check(&Secret::new(weak_beginning), &[]).is_err());
        let hostile = "4@8({[<3€6!1|0$57+%2".repeat(6);
        assert!(check(&Secret::new(hostile), &[]).is_ok());
    }

    #[tokio::test]
    async fn hashes_are_argon2id_and_verify() {
        let passwords = passwords(19_456);
        let hash = passwords.hash(&Secret::new("harbour-lights-42")).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash(&Secret::new("harbour-lights-42")).await.unwrap());
        let turn = passwords.turn().await.unwrap();
        assert!(turn.verify(&Secret::new("harbour-lights-42"), &hash).await.unwrap());
        assert!(!turn.verify(&Secret::new("harbour-lights-43"), &hash).await.unwrap());
        assert!(!turn.verify(&Secret::new("harbour-lights-42"), passwords.nobodys_hash()).await.unwrap());
        assert!(!turn.verify(&Secret::new("harbour-lights-42"), "nonsense").await.unwrap());
    }

    #[tokio::test]
    async fn one_character_in_two_forms_is_one_password() {
        let passwords = passwords(19_456);
        let hash = passwords.hash(&Secret::new("hafen-lichter-\u{e4}")).await.unwrap();
        let turn = passwords.turn().await.unwrap();
        assert!(turn.verify(&Secret::new("hafen-lichter-a\u{308}"), &hash).await.unwrap());
    }

    #[tokio::test]
    async fn cheaper_hashes_are_weaker() {
        let (cheap, usual) = (passwords(19_456), passwords(65_536));
        assert!(usual.nobodys_hash().starts_with("$argon2id$v=19$m=65536,t=3,p=4$"));
        assert!(usual.is_weaker(cheap.nobodys_hash()));
        assert!(!usual.is_weaker(usual.nobodys_hash()));
        assert!(!cheap.is_weaker(usual.nobodys_hash()));
    }

    #[tokio::test]
    async fn turns_are_as_many_as_cores() {
        let passwords = passwords(19_456);
        let mut turns = Vec::new();
        for _ in 0..passwords.turns.available_permits() {
            turns.push(passwords.turn().await.unwrap());
        }
        assert!(tokio::time::timeout(Duration::from_millis(50), passwords.turn()).await.is_err());
        turns.clear();
        assert!(passwords.turn().await.is_ok());
    }
}
