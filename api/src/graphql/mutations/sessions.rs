//! Signing up, in and out.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use identity::{Field, LinkError, SessionError, SignInError, SignUp, SignUpError, SignedIn};
use platform::Secret;

use super::bare_payload;
use crate::cookies;
use crate::graphql::caller::Ask as _;
use crate::graphql::fault::Fault;
use crate::graphql::user_error::{UserError, UserErrorCode};
use crate::graphql::viewer::Viewer;

/// A session's access token. The refresh token is in a cookie that scripts cannot read.
#[derive(SimpleObject)]
pub(crate) struct Session {
    /// A JWT for the `Authorization` header, as a bearer token.
    access_token: String,
    /// When it expires; `refreshSession` gives a new one.
    expires_at: DateTime<Utc>,
}

/// What somebody fills in to sign up.
#[derive(InputObject)]
pub(crate) struct SignUpInput {
    /// The address; it has to be confirmed before the first sign-in.
    email: String,
    /// 12 to 128 characters.
    password: String,
    /// What the person is called.
    name: String,
}

/// What somebody brings from a confirmation mail.
#[derive(InputObject)]
pub(crate) struct ConfirmEmailInput {
    /// The token in the mail's link.
    token: String,
    /// The password that was chosen at the sign-up which the mail is about.
    password: String,
}

/// What somebody fills in to sign in.
#[derive(InputObject)]
pub(crate) struct SignInInput {
    /// The address.
    email: String,
    /// The password.
    password: String,
}

bare_payload!(SignUpPayload, SignOutPayload);

/// What came of confirming a sign-up.
#[derive(SimpleObject, Default)]
pub(crate) struct ConfirmEmailPayload {
    /// The session of the person, who is signed in now; null when there is an error.
    session: Option<Session>,
    /// Who is signed in.
    viewer: Option<Viewer>,
    /// Why it was not confirmed; empty when it was.
    user_errors: Vec<UserError>,
}

/// What came of signing in.
#[derive(SimpleObject, Default)]
pub(crate) struct SignInPayload {
    /// The session; null when there is an error.
    session: Option<Session>,
    /// Who is signed in.
    viewer: Option<Viewer>,
    /// Why nobody was signed in; empty when somebody was.
    user_errors: Vec<UserError>,
}

/// What came of renewing a session.
#[derive(SimpleObject, Default)]
pub(crate) struct RefreshSessionPayload {
    /// The session; null when there is none to renew.
    session: Option<Session>,
    /// Who is signed in.
    viewer: Option<Viewer>,
    /// Why it was not renewed; empty when it was.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs somebody up and mails a link to confirm the address. The answer is the same for an
    /// address that is known already.
    async fn sign_up(&self, ctx: &Context<'_>, input: SignUpInput) -> Result<SignUpPayload, Fault> {
        let sign_up = SignUp { email: input.email, password: Secret::new(input.password), name: input.name };
        let user_errors = match ctx.services()?.identity.sign_up(sign_up).await {
            Ok(()) => Vec::new(),
            Err(SignUpError::Fields(errors)) => errors
                .into_iter()
                .map(|error| {
                    UserError::at(field(error.field), UserErrorCode::Invalid, error.fault.to_string())
                })
                .collect(),
            Err(SignUpError::TryLater { .. }) => vec![busy()],
            Err(SignUpError::Internal(error)) => return Err(error.into()),
        };
        Ok(SignUpPayload { user_errors })
    }

    /// Confirms a sign-up with the token from its mail and its password, and signs the person in.
    async fn confirm_email(
        &self,
        ctx: &Context<'_>,
        input: ConfirmEmailInput,
    ) -> Result<ConfirmEmailPayload, Fault> {
        let (token, password) = (Secret::new(input.token), Secret::new(input.password));
        let client = ctx.caller()?.client();
        let user_errors = match ctx.services()?.identity.confirm_email(&token, &password, client).await {
            Ok(signed_in) => {
                let (session, viewer) = begin(ctx, signed_in)?;
                return Ok(ConfirmEmailPayload { session, viewer, user_errors: Vec::new() });
            }
            Err(LinkError::Unknown) => vec![UserError::at(
                "token",
                UserErrorCode::NotFound,
                "This link does not exist. Copy all of it from the mail, or sign up again.",
            )],
            Err(LinkError::WrongPassword) => vec![UserError::at(
                "password",
                UserErrorCode::WrongCredentials,
                "This is not the password of the sign-up that this mail is about. Use its password, or sign up again.",
            )],
            Err(LinkError::TryLater) => vec![busy()],
            Err(LinkError::Expired) => vec![UserError::at(
                "token",
                UserErrorCode::Expired,
                "This link has expired. Sign up again to get a new one.",
            )],
            Err(LinkError::Used) => {
                vec![UserError::at(
                    "token",
                    UserErrorCode::AlreadyDone,
                    "This address is confirmed already. You can sign in.",
                )]
            }
            Err(LinkError::Internal(error)) => return Err(error.into()),
        };
        Ok(ConfirmEmailPayload { user_errors, ..ConfirmEmailPayload::default() })
    }

    /// Signs somebody in and sets the session cookie.
    async fn sign_in(&self, ctx: &Context<'_>, input: SignInInput) -> Result<SignInPayload, Fault> {
        let identity = &ctx.services()?.identity;
        let password = Secret::new(input.password);
        Ok(match identity.sign_in(&input.email, &password, ctx.caller()?.client()).await {
            Ok(signed_in) => {
                let (session, viewer) = begin(ctx, signed_in)?;
                SignInPayload { session, viewer, user_errors: Vec::new() }
            }
            Err(SignInError::WrongCredentials) => SignInPayload {
                user_errors: vec![UserError::new(
                    UserErrorCode::WrongCredentials,
                    "The address and the password do not belong together, or the address is not confirmed yet.",
                )],
                ..SignInPayload::default()
            },
            Err(SignInError::TryLater { .. }) => {
                SignInPayload { user_errors: vec![busy()], ..SignInPayload::default() }
            }
            Err(SignInError::Internal(error)) => return Err(error.into()),
        })
    }

    /// Gives a new access token for the session in the cookie, and replaces the cookie. The request
    /// has to carry the header `x-mooring-client`.
    async fn refresh_session(&self, ctx: &Context<'_>) -> Result<RefreshSessionPayload, Fault> {
        let over = || RefreshSessionPayload {
            user_errors: vec![UserError::new(UserErrorCode::Expired, "There is no session. Please sign in.")],
            ..RefreshSessionPayload::default()
        };
        let Some(token) = ctx.caller()?.session_cookie() else { return Ok(over()) };
        Ok(match ctx.services()?.identity.refresh(token).await {
            Ok(signed_in) => {
                let (session, viewer) = begin(ctx, signed_in)?;
                RefreshSessionPayload { session, viewer, user_errors: Vec::new() }
            }
            Err(SessionError::Over | SessionError::Reused) => {
                ctx.caller()?.set_cookie(cookies::clear_session());
                over()
            }
            Err(SessionError::Internal(error)) => return Err(error.into()),
        })
    }

    /// Ends the session.
    async fn sign_out(&self, ctx: &Context<'_>) -> Result<SignOutPayload, Fault> {
        let caller = ctx.caller()?;
        match ctx.services()?.identity.sign_out(caller.session_cookie(), caller.maybe_actor()).await {
            Ok(()) | Err(SessionError::Over | SessionError::Reused) => {}
            Err(SessionError::Internal(error)) => return Err(error.into()),
        }
        caller.set_cookie(cookies::clear_session());
        Ok(SignOutPayload::default())
    }
}

fn begin(ctx: &Context<'_>, signed_in: SignedIn) -> Result<(Option<Session>, Option<Viewer>), Fault> {
    let now = ctx.services()?.world.now();
    ctx.caller()?.set_cookie(cookies::set_session(
        &signed_in.refresh_token,
        signed_in.refresh_expires_at,
        now,
    ));
    let session = Session {
        access_token: signed_in.access_token.expose().to_owned(),
        expires_at: signed_in.access_expires_at,
    };
    Ok((Some(session), Some(Viewer(signed_in.actor))))
}

fn field(field: Field) -> &'static str {
    match field {
        Field::Email => "email",
        Field::Password => "password",
        Field::Name => "name",
    }
}

fn busy() -> UserError {
    UserError::try_later("Too many attempts. Please wait a moment and try again.")
}
