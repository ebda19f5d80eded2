//! The words that states are told in. They follow the rooms' own enums; a case that is new there
//! does not compile here until it has its word.

use async_graphql::Enum;

/// What a member may do; each role includes those below it.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::membership::Role")]
pub(crate) enum Role {
    /// Also deletes, exports and transfers the workspace.
    Owner,
    /// Also manages members, settings and alerts, and disconnects accounts.
    Admin,
    /// Also connects, reconnects, refreshes and collects.
    Member,
    /// Reads.
    Viewer,
}

/// A login that Meta offers.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::connection::Provider")]
pub(crate) enum Provider {
    /// Facebook Login: accounts are read through a Page.
    FacebookLogin,
    /// Instagram API with Instagram Login.
    InstagramLogin,
}

/// Why an account needs somebody.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::account::HealthReason")]
pub(crate) enum HealthReason {
    /// The token expired.
    Expired,
    /// The owner removed the app.
    AppRemoved,
    /// The owner changed the password.
    PasswordChanged,
    /// Meta wants the owner to confirm something.
    Checkpoint,
    /// The owner's Facebook account is not confirmed.
    Unconfirmed,
    /// Meta ended the session without saying why.
    SessionInvalid,
    /// The person lost the role on the Page.
    PageRoleLost,
    /// A needed permission is missing.
    PermissionMissing,
    /// The account is gone or no longer professional.
    AccountGone,
    /// The stored token does not open; an operator's matter.
    TokenUnreadable,
    /// A member disconnected it.
    Disconnected,
}

/// The state of an account's token.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenHealthState {
    /// Meta proved that the account can be read.
    Healthy,
    /// It works, and its token will be renewed at the next occasion.
    Due,
    /// It works, and its token is being renewed.
    Refreshing,
    /// The login was renewed, the Page token will follow.
    PagesStale,
    /// Meta asked to wait.
    Throttled,
    /// The owner has something to settle with Meta.
    ActionNeeded,
    /// A permission or a role on the Page is missing.
    PermissionMissing,
    /// Only a new authorisation helps.
    NeedsReconnect,
    /// The stored token does not open; an operator's matter.
    TokenUnreadable,
    /// Work on it kept failing and was set aside.
    Quarantined,
    /// A member disconnected it.
    Disconnected,
}

impl From<connections::health::State> for TokenHealthState {
    fn from(state: connections::health::State) -> Self {
        use connections::health::State;
        use entity::account::Health;
        match state {
            State::Due => Self::Due,
            State::Refreshing => Self::Refreshing,
            State::Stored(Health::Healthy) => Self::Healthy,
            State::Stored(Health::PagesStale) => Self::PagesStale,
            State::Stored(Health::Throttled) => Self::Throttled,
            State::Stored(Health::ActionNeeded) => Self::ActionNeeded,
            State::Stored(Health::PermissionMissing) => Self::PermissionMissing,
            State::Stored(Health::NeedsReconnect) => Self::NeedsReconnect,
            State::Stored(Health::TokenUnreadable) => Self::TokenUnreadable,
            State::Stored(Health::Quarantined) => Self::Quarantined,
            State::Stored(Health::Disconnected) => Self::Disconnected,
        }
    }
}

/// How much a state presses.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "connections::health::Urgency")]
pub(crate) enum Urgency {
    /// Nothing to do.
    Ok,
    /// Something ends within seven days.
    Amber,
    /// Somebody has to act.
    Red,
}

/// What helps.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "connections::health::NextStep")]
pub(crate) enum NextStep {
    /// Nothing to do.
    None,
    /// Waiting helps.
    Wait,
    /// The owner goes through Meta's dialog again.
    Reconnect,
    /// The owner grants what is missing.
    GrantPermission,
    /// The owner settles something on Meta's site.
    SolveCheckpoint,
    /// Whoever runs this installation has to look.
    ContactOperator,
}

/// The kinds of work.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::job::JobKind")]
pub(crate) enum JobKind {
    /// Renewing the token of a login.
    RefreshToken,
    /// Asking Meta whether a login still works.
    CheckToken,
    /// Collecting the newest insights.
    CollectInsights,
    /// Taking an audience snapshot.
    CollectAudience,
    /// Listing media and stories and reading their numbers.
    CollectMedia,
    /// Fetching days that are missing.
    BackfillInsights,
    /// Sending a mail.
    SendMail,
    /// Reminding of an incident that nobody has settled.
    FollowUp,
    /// Telling a channel what has happened.
    Deliver,
}

/// How a run ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::run::RunStatus")]
pub(crate) enum RunStatus {
    /// It did what it was for.
    Succeeded,
    /// It did not.
    Failed,
    /// There was nothing to do, or it had to wait.
    Skipped,
}

/// What asked for work.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::refresh_attempt::Trigger")]
pub(crate) enum RefreshTrigger {
    /// Its time had come.
    Scheduled,
    /// A person or a command.
    Manual,
    /// A call that Meta answered with error 190.
    OnDemand,
    /// A simulation.
    Test,
}

/// How an attempt to renew a token ended.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::refresh_attempt::RefreshOutcome")]
pub(crate) enum RefreshOutcome {
    /// It is running, or its process died a moment ago.
    Started,
    /// The expiry moved.
    Succeeded,
    /// Meta answered, but the expiry did not move.
    NotExtended,
    /// Meta refused or could not be reached.
    Failed,
    /// The process that made it died.
    Interrupted,
}

/// How far a mail is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::outbox::MailState")]
pub(crate) enum MailState {
    /// It will be sent.
    Queued,
    /// The mail server took it.
    Sent,
    /// The mail server refused it for good.
    Failed,
    /// It was overtaken by events.
    Cancelled,
}

/// The kinds of channels besides mail.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::channel::ChannelKind")]
pub(crate) enum ChannelKind {
    /// An incoming webhook of Slack: gets short texts.
    Slack,
    /// A webhook of your own: gets signed JSON.
    Webhook,
}

/// Why nothing is sent to a channel.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::channel::DisabledReason")]
pub(crate) enum ChannelDisabledReason {
    /// A member switched it off.
    ByMember,
    /// The receiver answered that it is gone for good.
    Gone,
    /// For three days nothing could be delivered.
    Failing,
}

/// What a channel can be told.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ChannelEvent {
    /// `account.health_changed`: the health of an account changed.
    AccountHealthChanged,
    /// `incident.opened`: an account needs a person.
    IncidentOpened,
    /// `incident.closed`: an account no longer needs a person.
    IncidentClosed,
    /// `insights.collected`: the newest insights of an account were collected.
    InsightsCollected,
}

impl ChannelEvent {
    /// The type of an event; none for the test, which nobody subscribes to.
    pub(crate) fn of(event: entity::delivery::EventType) -> Option<Self> {
        use entity::delivery::EventType;
        match event {
            EventType::AccountHealthChanged => Some(Self::AccountHealthChanged),
            EventType::IncidentOpened => Some(Self::IncidentOpened),
            EventType::IncidentClosed => Some(Self::IncidentClosed),
            EventType::InsightsCollected => Some(Self::InsightsCollected),
            EventType::ChannelTest => None,
        }
    }
}

impl From<ChannelEvent> for entity::delivery::EventType {
    fn from(event: ChannelEvent) -> Self {
        match event {
            ChannelEvent::AccountHealthChanged => Self::AccountHealthChanged,
            ChannelEvent::IncidentOpened => Self::IncidentOpened,
            ChannelEvent::IncidentClosed => Self::IncidentClosed,
            ChannelEvent::InsightsCollected => Self::InsightsCollected,
        }
    }
}

/// What a delivery tells.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::delivery::EventType")]
pub(crate) enum DeliveryEvent {
    /// `account.health_changed`: the health of an account changed.
    AccountHealthChanged,
    /// `incident.opened`: an account needs a person.
    IncidentOpened,
    /// `incident.closed`: an account no longer needs a person.
    IncidentClosed,
    /// `insights.collected`: the newest insights of an account were collected.
    InsightsCollected,
    /// `channel.test`: a member tries the channel out.
    ChannelTest,
}

/// How far a delivery is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::delivery::DeliveryState")]
pub(crate) enum DeliveryState {
    /// It will be sent, for the first time or again.
    Waiting,
    /// The receiver took it.
    Delivered,
    /// It was given up.
    GivenUp,
}

/// Why an attempt to deliver failed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::delivery::DeliveryProblem")]
pub(crate) enum DeliveryProblem {
    /// The receiver answered, but did not take it.
    Refused,
    /// The receiver answered 410: it is gone for good.
    Gone,
    /// The receiver wants it to be sent elsewhere.
    Redirected,
    /// No answer within 10 seconds.
    Timeout,
    /// No connection, or none that is safe.
    NoConnection,
    /// The connection broke before there was an answer.
    NoAnswer,
    /// The address is not on the public internet.
    AddressRefused,
    /// The stored address or secret does not open; an operator's matter.
    Unreadable,
    /// The channel was switched off.
    ChannelDisabled,
}

/// Which audience.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::audience_snapshot::AudienceKind")]
pub(crate) enum AudienceKind {
    /// People who follow.
    Followers,
    /// People who interacted.
    Engaged,
}

macro_rules! metrics {
    ($($case:ident $name:literal $label:literal $help:literal { $($rest:tt)* })*) => {
        /// What can be measured of an account, day by day.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        #[graphql(remote = "insights::Metric")]
        pub(crate) enum Metric {
            $(#[doc = $help] $case,)*
        }
    };
}
insights::account_metrics!(metrics);

/// What a metric can be broken down by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InsightDimension {
    /// The kind of media: `POST`, `REEL`, `STORY`, `CAROUSEL_CONTAINER`, `AD`.
    MediaProductType,
    /// Whether the other side follows: `FOLLOWER`, `NON_FOLLOWER`, `UNKNOWN`.
    FollowType,
}

impl From<InsightDimension> for insights::catalogue::Dimension {
    fn from(dimension: InsightDimension) -> Self {
        match dimension {
            InsightDimension::MediaProductType => Self::MediaProductType,
            InsightDimension::FollowType => Self::FollowType,
        }
    }
}

/// What a media is.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::media::MediaKind")]
pub(crate) enum MediaKind {
    /// A picture, a film or an album in the feed.
    Feed,
    /// A reel.
    Reels,
    /// A story: it is up for 24 hours.
    Story,
}

/// What a media is made of.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "entity::media::MediaFormat")]
pub(crate) enum MediaFormat {
    /// One picture.
    Image,
    /// One film.
    Video,
    /// Several pictures or films.
    Album,
}

/// How a story fares.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "insights::media::cadence::StoryState")]
pub(crate) enum StoryState {
    /// It is up, and its last figures are still to be read.
    Live,
    /// It has ended a while ago, and its last figures are still tried for.
    Pending,
    /// Its last figures are there.
    Captured,
    /// It ended before its last figures were read.
    Missed,
    /// Its owner took it down.
    Removed,
}

/// What the value of a metric of media counts.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(remote = "insights::catalogue::media::Unit")]
pub(crate) enum MetricUnit {
    /// People or times.
    Count,
    /// Thousandths of a second.
    Milliseconds,
    /// Hundredths of a percent.
    BasisPoints,
}

macro_rules! media_metrics {
    ($($case:ident $key:literal $name:literal $label:literal $help:literal $rest:tt)*) => {
        /// What can be measured of a media.
        #[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
        #[graphql(remote = "insights::MediaMetric")]
        pub(crate) enum MediaMetric {
            $(#[doc = $help] $case,)*
        }
    };
}
insights::media_metrics!(media_metrics);
