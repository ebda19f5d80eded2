/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** Which accounts to list; all conditions have to be met. */
export type AccountFilter = {
  /** Part of the handle, the name or the Page's name, in any case. */
  search?: string | null | undefined;
  /** Only accounts in one of these states. */
  states?: Array<TokenHealthState> | null | undefined;
  /** Only accounts that press so much. */
  urgency?: Urgency | null | undefined;
};

/** How accounts are ordered. */
export type AccountOrder =
  /** Those that need somebody first, then by handle. */
  | 'URGENCY'
  /** By handle. */
  | 'USERNAME';

/** Which audience. */
export type AudienceKind =
  /** People who interacted. */
  | 'ENGAGED'
  /** People who follow. */
  | 'FOLLOWERS';

/** Whether Meta gives an audience, or why not. */
export type AudienceState =
  /** It is there. */
  | 'AVAILABLE'
  /** Fewer than 100 people: Meta says nothing about them. */
  | 'BELOW_THRESHOLD'
  /** Meta does not give it for this account. */
  | 'NOT_SUPPORTED'
  /** A permission is missing. */
  | 'NO_PERMISSION';

/** Whether a candidate can be chosen. */
export type CandidateState =
  /** This workspace has it already. */
  | 'ALREADY_CONNECTED'
  /** The Page has no professional account linked. */
  | 'NO_PROFESSIONAL_ACCOUNT'
  /** The person's role on the Page does not reach. */
  | 'ROLE_MISSING'
  /** It can. */
  | 'SELECTABLE';

/** Why nothing is sent to a channel. */
export type ChannelDisabledReason =
  /** A member switched it off. */
  | 'BY_MEMBER'
  /** For three days nothing could be delivered. */
  | 'FAILING'
  /** The receiver answered that it is gone for good. */
  | 'GONE';

/** What a channel can be told. */
export type ChannelEvent =
  /** `account.health_changed`: the health of an account changed. */
  | 'ACCOUNT_HEALTH_CHANGED'
  /** `incident.closed`: an account no longer needs a person. */
  | 'INCIDENT_CLOSED'
  /** `incident.opened`: an account needs a person. */
  | 'INCIDENT_OPENED'
  /** `insights.collected`: the newest insights of an account were collected. */
  | 'INSIGHTS_COLLECTED';

/** The kinds of channels besides mail. */
export type ChannelKind =
  /** An incoming webhook of Slack: gets short texts. */
  | 'SLACK'
  /** A webhook of your own: gets signed JSON. */
  | 'WEBHOOK';

/** Which account, and how. */
export type CheckTokenInput = {
  /** The account. */
  accountId: string | number;
  /** Ask Meta even when its last answer is younger than five minutes. */
  force?: boolean | null | undefined;
};

/** Which accounts to add. */
export type ChooseAccountsInput = {
  /** The choice, as the return from Meta led to it. */
  connectSessionId: string | number;
  /** Where reconnect mails for these accounts go; the workspace's owners when left out. */
  contactEmail?: string | null | undefined;
  /** Meta's ids of the accounts to add. */
  instagramIds: Array<string>;
};

/** Which account, and how. */
export type CollectInsightsInput = {
  /** The account. */
  accountId: string | number;
};

/** What somebody brings from a confirmation mail. */
export type ConfirmEmailInput = {
  /** The password that was chosen at the sign-up which the mail is about. */
  password: string;
  /** The token in the mail's link. */
  token: string;
};

/** How far a connect link is. */
export type ConnectLinkState =
  /** Accounts were connected with it; it can be used for more. */
  | 'CONNECTED'
  /** Made, to be copied by the team. */
  | 'CREATED'
  /** The dialog was cancelled at Meta. */
  | 'DENIED'
  /** Its time is over. */
  | 'EXPIRED'
  /** Its page was opened. */
  | 'OPENED'
  /** Withdrawn. */
  | 'REVOKED'
  /** Mailed. */
  | 'SENT';

/** What is filled in to make a channel. */
export type CreateChannelInput = {
  /** Where it leads: an incoming webhook of Slack, or an https address of your own. */
  address: string;
  /** What it is to be told; at least one. */
  events: Array<ChannelEvent>;
  /** Which kind. */
  kind: ChannelKind;
  /** What people will call it. */
  name: string;
  /** The workspace. */
  workspaceId: string | number;
};

/** For whom to make a link, and what it offers. */
export type CreateConnectLinkInput = {
  /** For whom it is, as the team calls them; at most 100 characters. The client reads it, too. */
  clientName: string;
  /**
   * Where reconnect mails of the accounts go; when left out it is where the link was mailed to, or
   * what the client enters.
   */
  contactEmail?: string | null | undefined;
  /** The address to mail it to; without one it is for copying. */
  email?: string | null | undefined;
  /** How many days it works, from 1 to 30; 7 when left out. */
  lifetimeDays?: number | null | undefined;
  /** The only login to offer; the client decides when left out. */
  provider?: Provider | null | undefined;
  /** The workspace that gets the accounts. */
  workspaceId: string | number;
};

/** For which account to make a link. */
export type CreateReconnectLinkInput = {
  /** The account. */
  accountId: string | number;
};

/** What somebody fills in to make a workspace. */
export type CreateWorkspaceInput = {
  /** What people call it. */
  name: string;
};

/** Which channel to delete. */
export type DeleteChannelInput = {
  /** The channel. */
  channelId: string | number;
};

/** What a delivery tells. */
export type DeliveryEvent =
  /** `account.health_changed`: the health of an account changed. */
  | 'ACCOUNT_HEALTH_CHANGED'
  /** `channel.test`: a member tries the channel out. */
  | 'CHANNEL_TEST'
  /** `incident.closed`: an account no longer needs a person. */
  | 'INCIDENT_CLOSED'
  /** `incident.opened`: an account needs a person. */
  | 'INCIDENT_OPENED'
  /** `insights.collected`: the newest insights of an account were collected. */
  | 'INSIGHTS_COLLECTED';

/** Why an attempt to deliver failed. */
export type DeliveryProblem =
  /** The address is not on the public internet. */
  | 'ADDRESS_REFUSED'
  /** The channel was switched off. */
  | 'CHANNEL_DISABLED'
  /** The receiver answered 410: it is gone for good. */
  | 'GONE'
  /** The connection broke before there was an answer. */
  | 'NO_ANSWER'
  /** No connection, or none that is safe. */
  | 'NO_CONNECTION'
  /** The receiver wants it to be sent elsewhere. */
  | 'REDIRECTED'
  /** The receiver answered, but did not take it. */
  | 'REFUSED'
  /** No answer within 10 seconds. */
  | 'TIMEOUT'
  /** The stored address or secret does not open; an operator's matter. */
  | 'UNREADABLE';

/** How far a delivery is. */
export type DeliveryState =
  /** The receiver took it. */
  | 'DELIVERED'
  /** It was given up. */
  | 'GIVEN_UP'
  /** It will be sent, for the first time or again. */
  | 'WAITING';

/** Which channel to switch off. */
export type DisableChannelInput = {
  /** The channel. */
  channelId: string | number;
};

/** Which account, and how. */
export type DisconnectAccountInput = {
  /** The account. */
  accountId: string | number;
  /** Also delete what was collected. */
  deleteHistory?: boolean | null | undefined;
};

/** Which channel to switch on. */
export type EnableChannelInput = {
  /** The channel. */
  channelId: string | number;
};

/** Why an account needs somebody. */
export type HealthReason =
  /** The account is gone or no longer professional. */
  | 'ACCOUNT_GONE'
  /** The owner removed the app. */
  | 'APP_REMOVED'
  /** Meta wants the owner to confirm something. */
  | 'CHECKPOINT'
  /** A member disconnected it. */
  | 'DISCONNECTED'
  /** The token expired. */
  | 'EXPIRED'
  /** The person lost the role on the Page. */
  | 'PAGE_ROLE_LOST'
  /** The owner changed the password. */
  | 'PASSWORD_CHANGED'
  /** A needed permission is missing. */
  | 'PERMISSION_MISSING'
  /** Meta ended the session without saying why. */
  | 'SESSION_INVALID'
  /** The stored token does not open; an operator's matter. */
  | 'TOKEN_UNREADABLE'
  /** The owner's Facebook account is not confirmed. */
  | 'UNCONFIRMED';

/** The kinds of work. */
export type JobKind =
  /** Fetching days that are missing. */
  | 'BACKFILL_INSIGHTS'
  /** Asking Meta whether a login still works. */
  | 'CHECK_TOKEN'
  /** Taking an audience snapshot. */
  | 'COLLECT_AUDIENCE'
  /** Collecting the newest insights. */
  | 'COLLECT_INSIGHTS'
  /** Listing media and stories and reading their numbers. */
  | 'COLLECT_MEDIA'
  /** Telling a channel what has happened. */
  | 'DELIVER'
  /** Reminding of an incident that nobody has settled. */
  | 'FOLLOW_UP'
  /** Renewing the token of a login. */
  | 'REFRESH_TOKEN'
  /** Sending a mail. */
  | 'SEND_MAIL';

/** How far a mail is. */
export type MailState =
  /** It was overtaken by events. */
  | 'CANCELLED'
  /** The mail server refused it for good. */
  | 'FAILED'
  /** It will be sent. */
  | 'QUEUED'
  /** The mail server took it. */
  | 'SENT';

/** What a media is made of. */
export type MediaFormat =
  /** Several pictures or films. */
  | 'ALBUM'
  /** One picture. */
  | 'IMAGE'
  /** One film. */
  | 'VIDEO';

/** What a media is. */
export type MediaKind =
  /** A picture, a film or an album in the feed. */
  | 'FEED'
  /** A reel. */
  | 'REELS'
  /** A story: it is up for 24 hours. */
  | 'STORY';

/** What can be measured of a media. */
export type MediaMetric =
  /** How long it was watched on average, replays included. */
  | 'AVERAGE_WATCH_TIME'
  /** Comments on Instagram. */
  | 'COMMENTS'
  /** Views on Instagram and on Facebook together, of a reel that is on both. */
  | 'CROSSPOSTED_VIEWS'
  /** How often people left the story. */
  | 'EXITS'
  /** Views on Facebook, of what is posted there, too. */
  | 'FACEBOOK_VIEWS'
  /** Accounts that began to follow because of it. */
  | 'FOLLOWS'
  /** Likes on Instagram. Their owner can hide them. */
  | 'LIKES'
  /** Taps on the link of the story. */
  | 'LINK_CLICKS'
  /** Taps and swipes that led on, back or out of the story. */
  | 'NAVIGATION'
  /** Taps on links and contact buttons of the profile because of it. */
  | 'PROFILE_ACTIVITY'
  /** Visits of the profile because of it. */
  | 'PROFILE_VISITS'
  /** How many different accounts saw it. Several media cannot be added up. */
  | 'REACH'
  /** Replies to the story. Meta counts none for people in Europe and Japan. */
  | 'REPLIES'
  /** How often it was reposted. */
  | 'REPOSTS'
  /** How often it was saved. */
  | 'SAVED'
  /** How often it was shared. */
  | 'SHARES'
  /** The share of plays that ended within three seconds. */
  | 'SKIP_RATE'
  /** Swipes to the story of another account. */
  | 'SWIPES_FORWARD'
  /** Taps back to the part before. */
  | 'TAPS_BACK'
  /** Taps to the next part of the story. */
  | 'TAPS_FORWARD'
  /** Comments on Instagram and on Facebook. */
  | 'TOTAL_COMMENTS'
  /** Likes, comments, shares, saves and replies together. */
  | 'TOTAL_INTERACTIONS'
  /** Likes on Instagram and on Facebook. */
  | 'TOTAL_LIKES'
  /** Views on Instagram and on Facebook. */
  | 'TOTAL_VIEWS'
  /** How long it was watched altogether, replays included. */
  | 'TOTAL_WATCH_TIME'
  /** How often it was played or displayed. */
  | 'VIEWS';

/** Whether a value of a media may still change, or why it is missing. */
export type MediaMetricState =
  /** Too few people have seen it. */
  | 'BELOW_THRESHOLD'
  /** It will not be read again. */
  | 'FINAL'
  /** Its owner hides it. */
  | 'HIDDEN'
  /** Meta has no value yet, or it was not read yet. */
  | 'NOT_READY'
  /** Meta does not give this metric for this media. */
  | 'NOT_SUPPORTED'
  /** It may still grow. */
  | 'PROVISIONAL';

/** What can be measured of an account, day by day. */
export type Metric =
  /** How many different accounts interacted on that day. Days cannot be added up. */
  | 'ACCOUNTS_ENGAGED'
  /** Comments on posts, reels and videos. */
  | 'COMMENTS'
  /** All followers at the last look of that day. */
  | 'FOLLOWERS_COUNT'
  /** New followers of that day, without those who left. From 100 followers on, for the last 30 days. */
  | 'FOLLOWER_COUNT'
  /** Accounts that began to follow. From 100 followers on. */
  | 'FOLLOWS'
  /** How often something was on a screen. Meta ended it on 21 April 2025; Views took its place. */
  | 'IMPRESSIONS'
  /** Likes on posts, reels and videos. */
  | 'LIKES'
  /** Taps on the contact buttons of the profile. */
  | 'PROFILE_LINKS_TAPS'
  /** Visits of the profile. */
  | 'PROFILE_VIEWS'
  /** How many different accounts saw something on that day. Days cannot be added up. */
  | 'REACH'
  /** Replies to stories. */
  | 'REPLIES'
  /** Reposts of posts and reels. */
  | 'REPOSTS'
  /** Saves of posts, reels and videos. */
  | 'SAVES'
  /** Shares of posts, reels, stories and videos. */
  | 'SHARES'
  /** Likes, comments, shares, saves and replies together. */
  | 'TOTAL_INTERACTIONS'
  /** Accounts that stopped following or left Instagram. From 100 followers on. */
  | 'UNFOLLOWS'
  /** How often posts, reels, stories and ads were played or displayed. */
  | 'VIEWS'
  /** Taps on the website in the profile. */
  | 'WEBSITE_CLICKS';

/** What a number counts. */
export type MetricCounts =
  /** Things that happened: days can be added up. */
  | 'EVENTS'
  /** What there is at a moment: days are never added up. */
  | 'LEVEL'
  /** Different people: somebody who came on two days is in both, so days are never added up. */
  | 'PEOPLE';

/** What the value of a metric of media counts. */
export type MetricUnit =
  /** Hundredths of a percent. */
  | 'BASIS_POINTS'
  /** People or times. */
  | 'COUNT'
  /** Thousandths of a second. */
  | 'MILLISECONDS';

/** What helps. */
export type NextStep =
  /** Whoever runs this installation has to look. */
  | 'CONTACT_OPERATOR'
  /** The owner grants what is missing. */
  | 'GRANT_PERMISSION'
  /** Nothing to do. */
  | 'NONE'
  /** The owner goes through Meta's dialog again. */
  | 'RECONNECT'
  /** The owner settles something on Meta's site. */
  | 'SOLVE_CHECKPOINT'
  /** Waiting helps. */
  | 'WAIT';

/** Which workspace was opened. */
export type OpenWorkspaceInput = {
  /** The workspace. */
  workspaceId: string | number;
};

/** Whether a value may still change, or why it is missing. */
export type PointState =
  /** The account is too small for this metric. */
  | 'BELOW_THRESHOLD'
  /** It will not be read again. */
  | 'FINAL'
  /** Nothing was collected of that day. */
  | 'GAP'
  /** Meta has no value yet. */
  | 'NOT_READY'
  /** Meta does not give this metric for this account. */
  | 'NOT_SUPPORTED'
  /** A permission is missing. */
  | 'NO_PERMISSION'
  /** Meta may still correct it. */
  | 'PROVISIONAL';

/** A login that Meta offers. */
export type Provider =
  /** Facebook Login: accounts are read through a Page. */
  | 'FACEBOOK_LOGIN'
  /** Instagram API with Instagram Login. */
  | 'INSTAGRAM_LOGIN';

/** How far a reconnect link is. */
export type ReconnectLinkState =
  /** Made, to be copied by the team. */
  | 'CREATED'
  /** The dialog was cancelled at Meta. */
  | 'DENIED'
  /** The account was repaired. */
  | 'DONE'
  /** Its time is over. */
  | 'EXPIRED'
  /** Its page was opened. */
  | 'OPENED'
  /** Withdrawn, or replaced by a newer one. */
  | 'REVOKED'
  /** Mailed. */
  | 'SENT'
  /** Another account was chosen at Meta. */
  | 'WRONG_ACCOUNT';

/** How an attempt to renew a token ended. */
export type RefreshOutcome =
  /** Meta refused or could not be reached. */
  | 'FAILED'
  /** The process that made it died. */
  | 'INTERRUPTED'
  /** Meta answered, but the expiry did not move. */
  | 'NOT_EXTENDED'
  /** It is running, or its process died a moment ago. */
  | 'STARTED'
  /** The expiry moved. */
  | 'SUCCEEDED';

/** Which account, and how. */
export type RefreshTokenInput = {
  /** The account. */
  accountId: string | number;
};

/** What asked for work. */
export type RefreshTrigger =
  /** A person or a command. */
  | 'MANUAL'
  /** A call that Meta answered with error 190. */
  | 'ON_DEMAND'
  /** Its time had come. */
  | 'SCHEDULED'
  /** A simulation. */
  | 'TEST';

/** For how long to let the brake go. */
export type ReleaseBrakeInput = {
  /** Hours, from 1 to 72. */
  hours?: number;
};

/** Which work to give another chance. */
export type ReleaseJobInput = {
  /** The work. */
  jobId: string | number;
};

/** Which delivery to send again. */
export type ReplayDeliveryInput = {
  /** The delivery. */
  deliveryId: string | number;
};

/** Which deliveries of a channel to send again. */
export type ReplayFailedDeliveriesInput = {
  /** The channel. */
  channelId: string | number;
  /** Those of events that happened at this moment or later. */
  since: string;
};

/** Which link to withdraw. */
export type RevokeConnectLinkInput = {
  /** The link. */
  connectLinkId: string | number;
};

/** Which link to withdraw. */
export type RevokeReconnectLinkInput = {
  /** The link. */
  linkId: string | number;
};

/** What a member may do; each role includes those below it. */
export type Role =
  /** Also manages members, settings and alerts, and disconnects accounts. */
  | 'ADMIN'
  /** Also connects, reconnects, refreshes and collects. */
  | 'MEMBER'
  /** Also deletes, exports and transfers the workspace. */
  | 'OWNER'
  /** Reads. */
  | 'VIEWER';

/** Which channel gets another signing secret. */
export type RotateChannelSecretInput = {
  /** The channel. */
  channelId: string | number;
};

/** How a run ended. */
export type RunStatus =
  /** It did not. */
  | 'FAILED'
  /** There was nothing to do, or it had to wait. */
  | 'SKIPPED'
  /** It did what it was for. */
  | 'SUCCEEDED';

/** For which account to mail a link, and where to. */
export type SendReconnectLinkInput = {
  /** The account. */
  accountId: string | number;
  /** The address; the account's contact address when left out. */
  email?: string | null | undefined;
};

/** For which accounts to mail links. */
export type SendReconnectLinksInput = {
  /** The accounts, at most 100. */
  accountIds: Array<string | number>;
  /** The workspace of the accounts. */
  workspaceId: string | number;
};

/** What somebody fills in to sign in. */
export type SignInInput = {
  /** The address. */
  email: string;
  /** The password. */
  password: string;
};

/** What somebody fills in to sign up. */
export type SignUpInput = {
  /** The address; it has to be confirmed before the first sign-in. */
  email: string;
  /** What the person is called. */
  name: string;
  /** 12 to 128 characters. */
  password: string;
};

/** Which login to connect through. */
export type StartConnectInput = {
  /** The login. */
  provider: Provider;
  /** The workspace that the accounts are for. */
  workspaceId: string | number;
};

/** Which account to repair. */
export type StartReconnectInput = {
  /** The account. */
  accountId: string | number;
};

/** How a story fares. */
export type StoryState =
  /** Its last figures are there. */
  | 'CAPTURED'
  /** It is up, and its last figures are still to be read. */
  | 'LIVE'
  /** It ended before its last figures were read. */
  | 'MISSED'
  /** It has ended a while ago, and its last figures are still tried for. */
  | 'PENDING'
  /** Its owner took it down. */
  | 'REMOVED';

/** Which channel to try out. */
export type TestChannelInput = {
  /** The channel. */
  channelId: string | number;
};

/** The state of an account's token. */
export type TokenHealthState =
  /** The owner has something to settle with Meta. */
  | 'ACTION_NEEDED'
  /** A member disconnected it. */
  | 'DISCONNECTED'
  /** It works, and its token will be renewed at the next occasion. */
  | 'DUE'
  /** Meta proved that the account can be read. */
  | 'HEALTHY'
  /** Only a new authorisation helps. */
  | 'NEEDS_RECONNECT'
  /** The login was renewed, the Page token will follow. */
  | 'PAGES_STALE'
  /** A permission or a role on the Page is missing. */
  | 'PERMISSION_MISSING'
  /** Work on it kept failing and was set aside. */
  | 'QUARANTINED'
  /** It works, and its token is being renewed. */
  | 'REFRESHING'
  /** Meta asked to wait. */
  | 'THROTTLED'
  /** The stored token does not open; an operator's matter. */
  | 'TOKEN_UNREADABLE';

/** Which account, and how. */
export type UpdateAccountContactInput = {
  /** The account. */
  accountId: string | number;
  /** Where its reconnect mails go; the workspace's owners when left out. */
  contactEmail?: string | null | undefined;
};

/** What somebody sets about their own mails. */
export type UpdateAlertsInput = {
  /** Whether mails about its incidents are wanted. */
  wantsAlerts: boolean;
  /** The workspace. */
  workspaceId: string | number;
};

/** What is to be changed of a channel; what is left out stays. */
export type UpdateChannelInput = {
  /** Where it leads. */
  address?: string | null | undefined;
  /** The channel. */
  channelId: string | number;
  /** What it is to be told. */
  events?: Array<ChannelEvent> | null | undefined;
  /** What people will call it. */
  name?: string | null | undefined;
};

/** What to change about how tokens are checked; what is left out stays. */
export type UpdateMonitorInput = {
  /** Whether a check on schedule also repairs what it can. */
  autoHeal?: boolean | null | undefined;
  /** Checks that one worker runs at once, from 1 to 100. */
  batchSize?: number | null | undefined;
  /** Minutes between two checks of a login, from 5 to 1440; null goes back to the configuration. */
  intervalMinutes?: number | null | undefined;
};

/** How much a state presses. */
export type Urgency =
  /** Something ends within seven days. */
  | 'AMBER'
  /** Nothing to do. */
  | 'OK'
  /** Somebody has to act. */
  | 'RED';

/** What kind of failure. */
export type UserErrorCode =
  /** It has been done before. */
  | 'ALREADY_DONE'
  /** Its time is over. */
  | 'EXPIRED'
  /** The role does not allow it. */
  | 'FORBIDDEN'
  /** The value cannot be. */
  | 'INVALID'
  /** This installation does not offer it. */
  | 'NOT_CONFIGURED'
  /** There is no such thing, or it is somebody else's. */
  | 'NOT_FOUND'
  /** Meta refused. */
  | 'REJECTED_BY_META'
  /** The value is in use. */
  | 'TAKEN'
  /** It may work later. */
  | 'TRY_LATER'
  /** Address and password do not belong together. */
  | 'WRONG_CREDENTIALS';

export type HealthPillFragment = { state: TokenHealthState, urgency: Urgency, daysLeft: number | null };

export type IncidentItemFragment = { id: string, cause: HealthReason, explanation: string, openedAt: string, closedAt: string | null, account: { id: string, username: string }, mails: Array<{ recipient: string, subject: string, state: MailState, queuedAt: string, sentAt: string | null }> };

export type AccountQueryVariables = Exact<{
  id: string | number;
}>;


export type AccountQuery = { account: { id: string, instagramId: string, username: string, name: string | null, followersCount: number | null, provider: Provider, connectedAt: string, insightsCollectedAt: string | null, contactEmail: string | null, workspace: { id: string, viewerRole: Role }, page: { id: string, name: string } | null, tokenHealth: { state: TokenHealthState, reason: HealthReason | null, explanation: string, nextStep: NextStep, since: string, expiresAt: string | null, dataAccessExpiresAt: string | null, lastRefreshedAt: string | null, nextRefreshAt: string | null, nextAttemptAt: string | null, tokenValid: boolean | null, tokenVerifiedAt: string | null, insightsReadable: boolean | null, insightsReadAt: string | null, scopes: Array<string>, missingScopes: Array<string>, urgency: Urgency, daysLeft: number | null } } | null };

export type AccountHeaderFragment = { id: string, instagramId: string, username: string, name: string | null, followersCount: number | null, provider: Provider, connectedAt: string, insightsCollectedAt: string | null, page: { id: string, name: string } | null, tokenHealth: { state: TokenHealthState } };

export type HealthPanelFragment = { id: string, username: string, contactEmail: string | null, provider: Provider, tokenHealth: { reason: HealthReason | null, explanation: string, nextStep: NextStep, since: string, expiresAt: string | null, dataAccessExpiresAt: string | null, lastRefreshedAt: string | null, nextRefreshAt: string | null, nextAttemptAt: string | null, tokenValid: boolean | null, tokenVerifiedAt: string | null, insightsReadable: boolean | null, insightsReadAt: string | null, scopes: Array<string>, missingScopes: Array<string>, state: TokenHealthState, urgency: Urgency, daysLeft: number | null } };

export type ContactEmailFragment = { id: string, contactEmail: string | null };

export type StartReconnectMutationVariables = Exact<{
  input: StartReconnectInput;
}>;


export type StartReconnectMutation = { startReconnect: { authorizationUrl: string | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type SendReconnectLinkMutationVariables = Exact<{
  input: SendReconnectLinkInput;
}>;


export type SendReconnectLinkMutation = { sendReconnectLink: { link: { id: string, sentTo: string | null } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type CreateReconnectLinkMutationVariables = Exact<{
  input: CreateReconnectLinkInput;
}>;


export type CreateReconnectLinkMutation = { createReconnectLink: { link: { id: string, url: string | null, expiresAt: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type RefreshTokenMutationVariables = Exact<{
  input: RefreshTokenInput;
}>;


export type RefreshTokenMutation = { refreshToken: { attempt: { id: string, outcome: RefreshOutcome, newExpiresAt: string | null } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type CheckTokenMutationVariables = Exact<{
  input: CheckTokenInput;
}>;


export type CheckTokenMutation = { checkToken: { account: { id: string, tokenHealth: { state: TokenHealthState } } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type CollectInsightsMutationVariables = Exact<{
  input: CollectInsightsInput;
}>;


export type CollectInsightsMutation = { collectInsights: { run: { id: string, status: RunStatus, reason: string | null, stored: number } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type UpdateAccountContactMutationVariables = Exact<{
  input: UpdateAccountContactInput;
}>;


export type UpdateAccountContactMutation = { updateAccountContact: { account: { id: string, contactEmail: string | null } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type DisconnectAccountMutationVariables = Exact<{
  input: DisconnectAccountInput;
}>;


export type DisconnectAccountMutation = { disconnectAccount: { account: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type AccountRowFragment = { id: string, username: string, name: string | null, followersCount: number | null, provider: Provider, insightsCollectedAt: string | null, page: { name: string } | null, tokenHealth: { explanation: string, nextStep: NextStep, state: TokenHealthState, urgency: Urgency, daysLeft: number | null } };

export type AccountsQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
  filter?: AccountFilter | null | undefined;
  orderBy?: AccountOrder | null | undefined;
}>;


export type AccountsQuery = { workspace: { id: string, accounts: { totalCount: number, nodes: Array<{ id: string, username: string, name: string | null, followersCount: number | null, provider: Provider, insightsCollectedAt: string | null, page: { name: string } | null, tokenHealth: { explanation: string, nextStep: NextStep, state: TokenHealthState, urgency: Urgency, daysLeft: number | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type AccountsAttentionQueryVariables = Exact<{
  id: string | number;
}>;


export type AccountsAttentionQuery = { workspace: { id: string, viewerRole: Role, tokenHealth: { total: number, ok: number, amber: number, red: number, openIncidents: number, byState: Array<{ state: TokenHealthState, count: number }> }, urgent: { nodes: Array<{ id: string, username: string, tokenHealth: { explanation: string, nextStep: NextStep } }> }, soon: { nodes: Array<{ id: string, username: string, tokenHealth: { daysLeft: number | null } }> } } | null };

export type BrokenAccountsQueryVariables = Exact<{
  id: string | number;
  first: number;
  search?: string | null | undefined;
}>;


export type BrokenAccountsQuery = { workspace: { id: string, accounts: { totalCount: number, nodes: Array<{ id: string, username: string, contactEmail: string | null }> } } | null };

export type SendReconnectLinksMutationVariables = Exact<{
  input: SendReconnectLinksInput;
}>;


export type SendReconnectLinksMutation = { sendReconnectLinks: { results: Array<{ accountId: string, link: { id: string, sentTo: string | null } | null, error: { message: string } | null }>, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type AudienceQueryVariables = Exact<{
  id: string | number;
  kind: AudienceKind;
}>;


export type AudienceQuery = { account: { id: string, audience: { day: string, state: AudienceState, collectedAt: string, countries: Array<{ key: string, value: number, share: number }>, cities: Array<{ key: string, value: number, share: number }>, ageGender: Array<{ age: string, gender: string, value: number, share: number }> } | null } | null };

export type SegmentFragment = { key: string, value: number, share: number };

export type AgeGenderFragment = { age: string, gender: string, value: number, share: number };

export type SignUpMutationVariables = Exact<{
  input: SignUpInput;
}>;


export type SignUpMutation = { signUp: { userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ConfirmEmailMutationVariables = Exact<{
  input: ConfirmEmailInput;
}>;


export type ConfirmEmailMutation = { confirmEmail: { session: { accessToken: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn: { session: { accessToken: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ChannelItemFragment = { id: string, kind: ChannelKind, name: string, address: string, events: Array<ChannelEvent>, disabledAt: string | null, disabledReason: ChannelDisabledReason | null, failingSince: string | null, formerSecretValidUntil: string | null };

export type WorkspaceChannelsQueryVariables = Exact<{
  id: string | number;
}>;


export type WorkspaceChannelsQuery = { workspace: { id: string, channels: Array<{ id: string, kind: ChannelKind, name: string, address: string, events: Array<ChannelEvent>, disabledAt: string | null, disabledReason: ChannelDisabledReason | null, failingSince: string | null, formerSecretValidUntil: string | null }> | null } | null };

export type OneChannelQueryVariables = Exact<{
  id: string | number;
}>;


export type OneChannelQuery = { channel: { id: string, kind: ChannelKind, name: string, address: string, events: Array<ChannelEvent>, disabledAt: string | null, disabledReason: ChannelDisabledReason | null, failingSince: string | null, formerSecretValidUntil: string | null } | null };

export type ChannelDeliveriesQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
  state?: DeliveryState | null | undefined;
}>;


export type ChannelDeliveriesQuery = { channel: { id: string, deliveries: { nodes: Array<{ id: string, eventId: string, event: DeliveryEvent, state: DeliveryState, attempts: number, createdAt: string, lastAttemptAt: string | null, nextAttemptAt: string | null, durationMs: number | null, statusCode: number | null, problem: DeliveryProblem | null, answer: string | null, body: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type CreateChannelMutationVariables = Exact<{
  input: CreateChannelInput;
}>;


export type CreateChannelMutation = { createChannel: { signingSecret: string | null, channel: { id: string, kind: ChannelKind, name: string, address: string, events: Array<ChannelEvent>, disabledAt: string | null, disabledReason: ChannelDisabledReason | null, failingSince: string | null, formerSecretValidUntil: string | null } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type UpdateChannelMutationVariables = Exact<{
  input: UpdateChannelInput;
}>;


export type UpdateChannelMutation = { updateChannel: { channel: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type DeleteChannelMutationVariables = Exact<{
  input: DeleteChannelInput;
}>;


export type DeleteChannelMutation = { deleteChannel: { userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type EnableChannelMutationVariables = Exact<{
  input: EnableChannelInput;
}>;


export type EnableChannelMutation = { enableChannel: { channel: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type DisableChannelMutationVariables = Exact<{
  input: DisableChannelInput;
}>;


export type DisableChannelMutation = { disableChannel: { channel: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type RotateChannelSecretMutationVariables = Exact<{
  input: RotateChannelSecretInput;
}>;


export type RotateChannelSecretMutation = { rotateChannelSecret: { signingSecret: string | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type TestChannelMutationVariables = Exact<{
  input: TestChannelInput;
}>;


export type TestChannelMutation = { testChannel: { delivery: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ReplayDeliveryMutationVariables = Exact<{
  input: ReplayDeliveryInput;
}>;


export type ReplayDeliveryMutation = { replayDelivery: { delivery: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ReplayFailedDeliveriesMutationVariables = Exact<{
  input: ReplayFailedDeliveriesInput;
}>;


export type ReplayFailedDeliveriesMutation = { replayFailedDeliveries: { count: number | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ConnectLinkRowFragment = { id: string, clientName: string, state: ConnectLinkState, usable: boolean, url: string | null, sentTo: string | null, createdBy: string | null, expiresAt: string, lastEventAt: string | null, accountCount: number, accounts: Array<{ id: string, username: string }> };

export type ConnectLinksQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
}>;


export type ConnectLinksQuery = { workspace: { id: string, viewerRole: Role, connectLinks: { totalCount: number, nodes: Array<{ id: string, clientName: string, state: ConnectLinkState, usable: boolean, url: string | null, sentTo: string | null, createdBy: string | null, expiresAt: string, lastEventAt: string | null, accountCount: number, accounts: Array<{ id: string, username: string }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type CreateConnectLinkMutationVariables = Exact<{
  input: CreateConnectLinkInput;
}>;


export type CreateConnectLinkMutation = { createConnectLink: { link: { id: string, clientName: string, state: ConnectLinkState, usable: boolean, url: string | null, sentTo: string | null, createdBy: string | null, expiresAt: string, lastEventAt: string | null, accountCount: number, accounts: Array<{ id: string, username: string }> } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type RevokeConnectLinkMutationVariables = Exact<{
  input: RevokeConnectLinkInput;
}>;


export type RevokeConnectLinkMutation = { revokeConnectLink: { link: { id: string, state: ConnectLinkState } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ProvidersQueryVariables = Exact<{ [key: string]: never; }>;


export type ProvidersQuery = { providers: Array<Provider> };

export type StartConnectMutationVariables = Exact<{
  input: StartConnectInput;
}>;


export type StartConnectMutation = { startConnect: { authorizationUrl: string | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ConnectSessionQueryVariables = Exact<{
  id: string | number;
}>;


export type ConnectSessionQuery = { connectSession: { id: string, provider: Provider, grantedBy: string, missingScopes: Array<string>, expiresAt: string, workspace: { id: string, name: string }, candidates: Array<{ instagramId: string | null, username: string | null, name: string | null, pageName: string | null, followersCount: number | null, state: CandidateState, remedy: string | null }> } | null };

export type CandidateFragment = { instagramId: string | null, username: string | null, name: string | null, pageName: string | null, followersCount: number | null, state: CandidateState, remedy: string | null };

export type ChooseAccountsMutationVariables = Exact<{
  input: ChooseAccountsInput;
}>;


export type ChooseAccountsMutation = { chooseAccounts: { accounts: Array<{ id: string }>, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type AccountRunsQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
}>;


export type AccountRunsQuery = { account: { id: string, runs: { nodes: Array<{ id: string, job: JobKind, status: RunStatus, reason: string | null, startedAt: string, finishedAt: string, calls: number, stored: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type AccountRefreshLogQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
}>;


export type AccountRefreshLogQuery = { account: { id: string, refreshLog: { nodes: Array<{ id: string, trigger: RefreshTrigger, outcome: RefreshOutcome, errorClass: string | null, code: number | null, subcode: number | null, startedAt: string, oldExpiresAt: string | null, newExpiresAt: string | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type AccountIncidentsQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
}>;


export type AccountIncidentsQuery = { account: { id: string, incidents: { nodes: Array<{ id: string, cause: HealthReason, explanation: string, openedAt: string, closedAt: string | null, account: { id: string, username: string }, mails: Array<{ recipient: string, subject: string, state: MailState, queuedAt: string, sentAt: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type AccountReconnectLinksQueryVariables = Exact<{
  id: string | number;
}>;


export type AccountReconnectLinksQuery = { account: { id: string, reconnectLinks: Array<{ id: string, state: ReconnectLinkState, createdAt: string, expiresAt: string, sentTo: string | null, url: string | null, lastEventAt: string | null }> } | null };

export type RevokeReconnectLinkMutationVariables = Exact<{
  input: RevokeReconnectLinkInput;
}>;


export type RevokeReconnectLinkMutation = { revokeReconnectLink: { link: { id: string, state: ReconnectLinkState } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type WorkspaceIncidentsQueryVariables = Exact<{
  id: string | number;
  first: number;
  after?: string | null | undefined;
  open?: boolean | null | undefined;
}>;


export type WorkspaceIncidentsQuery = { workspace: { id: string, incidents: { totalCount: number, nodes: Array<{ id: string, cause: HealthReason, explanation: string, openedAt: string, closedAt: string | null, account: { id: string, username: string }, mails: Array<{ recipient: string, subject: string, state: MailState, queuedAt: string, sentAt: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type MetricsQueryVariables = Exact<{ [key: string]: never; }>;


export type MetricsQuery = { metrics: Array<{ metric: Metric, label: string, help: string, counts: MetricCounts, headline: boolean, lastDays: number | null }> };

export type InsightsQueryVariables = Exact<{
  id: string | number;
  metrics: Array<Metric> | Metric;
  from: string;
  to: string;
  previousFrom: string;
  previousTo: string;
}>;


export type InsightsQuery = { account: { id: string, insights: Array<{ metric: Metric, days: Array<string>, values: Array<number | null>, states: Array<PointState>, total: number | null }>, previous: Array<{ metric: Metric, values: Array<number | null> }> } | null };

export type SeriesPointsQueryVariables = Exact<{
  id: string | number;
  metric: Metric;
  from: string;
  to: string;
}>;


export type SeriesPointsQuery = { account: { id: string, insights: Array<{ metric: Metric, points: Array<{ day: string, value: number | null, state: PointState, collectedAt: string | null, revisions: Array<{ oldValue: number }> }> }> } | null };

export type AccountMediaQueryVariables = Exact<{
  id: string | number;
  pageSize: number;
  after?: string | null | undefined;
  kind?: MediaKind | null | undefined;
  sort?: MediaMetric | null | undefined;
}>;


export type AccountMediaQuery = { account: { id: string, mediaCollectedAt: string | null, storyGaps: Array<{ from: string, to: string }>, media: { totalCount: number, nodes: Array<{ id: string, kind: MediaKind, format: MediaFormat | null, caption: string | null, permalink: string | null, postedAt: string, readAt: string | null, goneAt: string | null, storyState: StoryState | null, storyEndsAt: string | null, metrics: Array<{ metric: MediaMetric, value: number | null, state: MediaMetricState, collectedAt: string | null }> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type MediaItemFragment = { id: string, kind: MediaKind, format: MediaFormat | null, caption: string | null, permalink: string | null, postedAt: string, readAt: string | null, goneAt: string | null, storyState: StoryState | null, storyEndsAt: string | null, metrics: Array<{ metric: MediaMetric, value: number | null, state: MediaMetricState, collectedAt: string | null }> };

export type MediaMetricsQueryVariables = Exact<{ [key: string]: never; }>;


export type MediaMetricsQuery = { mediaMetrics: Array<{ metric: MediaMetric, label: string, help: string, unit: MetricUnit, headline: boolean, kinds: Array<MediaKind> }> };

export type IsOperatorQueryVariables = Exact<{ [key: string]: never; }>;


export type IsOperatorQuery = { operator: { __typename: 'Operator' } | null };

export type OperatorQueryVariables = Exact<{ [key: string]: never; }>;


export type OperatorQuery = { operator: { workerSeenAt: string | null, oldestOverdueRefreshAt: string | null, monitor: { intervalMinutes: number | null, batchSize: number, autoHeal: boolean, lastSweep: { begunAt: string, endedAt: string | null } | null }, queue: Array<{ kind: JobKind, due: number, overdue: number, running: number, waiting: number, quarantined: number, oldestDueAt: string | null }>, brake: { isHolding: boolean, held: number, since: string | null, releasedUntil: string | null }, accountsByState: Array<{ state: TokenHealthState, count: number }>, checks: { succeeded: number, failed: number, skipped: number, healed: number }, refreshRates: Array<{ trigger: RefreshTrigger, succeeded: number, failed: number, rate: number }>, outbox: { waiting: number, oldestAt: string | null } } | null };

export type SetAsideQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type SetAsideQuery = { operator: { quarantinedJobs: { totalCount: number, nodes: Array<{ id: string, kind: JobKind, workspaceId: string | null, quarantinedAt: string | null, dueAt: string | null, attempts: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } } | null };

export type MonitorSettingsFragment = { intervalMinutes: number | null, batchSize: number, autoHeal: boolean };

export type UpdateMonitorMutationVariables = Exact<{
  input: UpdateMonitorInput;
}>;


export type UpdateMonitorMutation = { updateMonitor: { monitor: { intervalMinutes: number | null, batchSize: number, autoHeal: boolean } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ReleaseJobMutationVariables = Exact<{
  input: ReleaseJobInput;
}>;


export type ReleaseJobMutation = { releaseJob: { userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ReleaseBrakeMutationVariables = Exact<{
  input: ReleaseBrakeInput;
}>;


export type ReleaseBrakeMutation = { releaseBrake: { brake: { releasedUntil: string | null } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { id: string, email: string, name: string, memberships: Array<{ role: Role, wantsAlerts: boolean, workspace: { id: string, name: string } }> } | null };

export type WorkspaceSummaryQueryVariables = Exact<{
  id: string | number;
}>;


export type WorkspaceSummaryQuery = { workspace: { id: string, name: string, viewerRole: Role, tokenHealth: { total: number, ok: number, amber: number, red: number, openIncidents: number, refreshesSucceeded30d: number, refreshesFailed30d: number } } | null };

export type CreateWorkspaceMutationVariables = Exact<{
  input: CreateWorkspaceInput;
}>;


export type CreateWorkspaceMutation = { createWorkspace: { workspace: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type UpdateAlertsMutationVariables = Exact<{
  input: UpdateAlertsInput;
}>;


export type UpdateAlertsMutation = { updateAlerts: { wantsAlerts: boolean | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type OpenWorkspaceMutationVariables = Exact<{
  input: OpenWorkspaceInput;
}>;


export type OpenWorkspaceMutation = { openWorkspace: { queued: number } };

export type RefreshSessionMutationVariables = Exact<{ [key: string]: never; }>;


export type RefreshSessionMutation = { refreshSession: { session: { accessToken: string } | null } };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const IncidentItemFragmentDoc = new TypedDocumentString(`
    fragment IncidentItem on Incident {
  id
  cause
  explanation
  openedAt
  closedAt
  account {
    id
    username
  }
  mails {
    recipient
    subject
    state
    queuedAt
    sentAt
  }
}
    `, {"fragmentName":"IncidentItem"}) as unknown as TypedDocumentString<IncidentItemFragment, unknown>;
export const AccountHeaderFragmentDoc = new TypedDocumentString(`
    fragment AccountHeader on Account {
  id
  instagramId
  username
  name
  followersCount
  provider
  page {
    id
    name
  }
  connectedAt
  insightsCollectedAt
  tokenHealth {
    state
  }
}
    `, {"fragmentName":"AccountHeader"}) as unknown as TypedDocumentString<AccountHeaderFragment, unknown>;
export const HealthPillFragmentDoc = new TypedDocumentString(`
    fragment HealthPill on TokenHealth {
  state
  urgency
  daysLeft
}
    `, {"fragmentName":"HealthPill"}) as unknown as TypedDocumentString<HealthPillFragment, unknown>;
export const HealthPanelFragmentDoc = new TypedDocumentString(`
    fragment HealthPanel on Account {
  id
  username
  contactEmail
  provider
  tokenHealth {
    ...HealthPill
    reason
    explanation
    nextStep
    since
    expiresAt
    dataAccessExpiresAt
    lastRefreshedAt
    nextRefreshAt
    nextAttemptAt
    tokenValid
    tokenVerifiedAt
    insightsReadable
    insightsReadAt
    scopes
    missingScopes
  }
}
    fragment HealthPill on TokenHealth {
  state
  urgency
  daysLeft
}`, {"fragmentName":"HealthPanel"}) as unknown as TypedDocumentString<HealthPanelFragment, unknown>;
export const ContactEmailFragmentDoc = new TypedDocumentString(`
    fragment ContactEmail on Account {
  id
  contactEmail
}
    `, {"fragmentName":"ContactEmail"}) as unknown as TypedDocumentString<ContactEmailFragment, unknown>;
export const AccountRowFragmentDoc = new TypedDocumentString(`
    fragment AccountRow on Account {
  id
  username
  name
  followersCount
  provider
  page {
    name
  }
  insightsCollectedAt
  tokenHealth {
    ...HealthPill
    explanation
    nextStep
  }
}
    fragment HealthPill on TokenHealth {
  state
  urgency
  daysLeft
}`, {"fragmentName":"AccountRow"}) as unknown as TypedDocumentString<AccountRowFragment, unknown>;
export const SegmentFragmentDoc = new TypedDocumentString(`
    fragment Segment on AudienceSegment {
  key
  value
  share
}
    `, {"fragmentName":"Segment"}) as unknown as TypedDocumentString<SegmentFragment, unknown>;
export const AgeGenderFragmentDoc = new TypedDocumentString(`
    fragment AgeGender on AgeGenderSegment {
  age
  gender
  value
  share
}
    `, {"fragmentName":"AgeGender"}) as unknown as TypedDocumentString<AgeGenderFragment, unknown>;
export const ChannelItemFragmentDoc = new TypedDocumentString(`
    fragment ChannelItem on Channel {
  id
  kind
  name
  address
  events
  disabledAt
  disabledReason
  failingSince
  formerSecretValidUntil
}
    `, {"fragmentName":"ChannelItem"}) as unknown as TypedDocumentString<ChannelItemFragment, unknown>;
export const ConnectLinkRowFragmentDoc = new TypedDocumentString(`
    fragment ConnectLinkRow on ConnectLink {
  id
  clientName
  state
  usable
  url
  sentTo
  createdBy
  expiresAt
  lastEventAt
  accountCount
  accounts {
    id
    username
  }
}
    `, {"fragmentName":"ConnectLinkRow"}) as unknown as TypedDocumentString<ConnectLinkRowFragment, unknown>;
export const CandidateFragmentDoc = new TypedDocumentString(`
    fragment Candidate on ConnectCandidate {
  instagramId
  username
  name
  pageName
  followersCount
  state
  remedy
}
    `, {"fragmentName":"Candidate"}) as unknown as TypedDocumentString<CandidateFragment, unknown>;
export const MediaItemFragmentDoc = new TypedDocumentString(`
    fragment MediaItem on Media {
  id
  kind
  format
  caption
  permalink
  postedAt
  readAt
  goneAt
  storyState
  storyEndsAt
  metrics {
    metric
    value
    state
    collectedAt
  }
}
    `, {"fragmentName":"MediaItem"}) as unknown as TypedDocumentString<MediaItemFragment, unknown>;
export const MonitorSettingsFragmentDoc = new TypedDocumentString(`
    fragment MonitorSettings on Monitor {
  intervalMinutes
  batchSize
  autoHeal
}
    `, {"fragmentName":"MonitorSettings"}) as unknown as TypedDocumentString<MonitorSettingsFragment, unknown>;
export const AccountDocument = new TypedDocumentString(`
    query Account($id: ID!) {
  account(id: $id) {
    id
    ...AccountHeader
    ...HealthPanel
    ...ContactEmail
    workspace {
      id
      viewerRole
    }
  }
}
    fragment HealthPill on TokenHealth {
  state
  urgency
  daysLeft
}
fragment AccountHeader on Account {
  id
  instagramId
  username
  name
  followersCount
  provider
  page {
    id
    name
  }
  connectedAt
  insightsCollectedAt
  tokenHealth {
    state
  }
}
fragment HealthPanel on Account {
  id
  username
  contactEmail
  provider
  tokenHealth {
    ...HealthPill
    reason
    explanation
    nextStep
    since
    expiresAt
    dataAccessExpiresAt
    lastRefreshedAt
    nextRefreshAt
    nextAttemptAt
    tokenValid
    tokenVerifiedAt
    insightsReadable
    insightsReadAt
    scopes
    missingScopes
  }
}
fragment ContactEmail on Account {
  id
  contactEmail
}`) as unknown as TypedDocumentString<AccountQuery, AccountQueryVariables>;
export const StartReconnectDocument = new TypedDocumentString(`
    mutation StartReconnect($input: StartReconnectInput!) {
  startReconnect(input: $input) {
    authorizationUrl
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<StartReconnectMutation, StartReconnectMutationVariables>;
export const SendReconnectLinkDocument = new TypedDocumentString(`
    mutation SendReconnectLink($input: SendReconnectLinkInput!) {
  sendReconnectLink(input: $input) {
    link {
      id
      sentTo
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SendReconnectLinkMutation, SendReconnectLinkMutationVariables>;
export const CreateReconnectLinkDocument = new TypedDocumentString(`
    mutation CreateReconnectLink($input: CreateReconnectLinkInput!) {
  createReconnectLink(input: $input) {
    link {
      id
      url
      expiresAt
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateReconnectLinkMutation, CreateReconnectLinkMutationVariables>;
export const RefreshTokenDocument = new TypedDocumentString(`
    mutation RefreshToken($input: RefreshTokenInput!) {
  refreshToken(input: $input) {
    attempt {
      id
      outcome
      newExpiresAt
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RefreshTokenMutation, RefreshTokenMutationVariables>;
export const CheckTokenDocument = new TypedDocumentString(`
    mutation CheckToken($input: CheckTokenInput!) {
  checkToken(input: $input) {
    account {
      id
      tokenHealth {
        state
      }
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CheckTokenMutation, CheckTokenMutationVariables>;
export const CollectInsightsDocument = new TypedDocumentString(`
    mutation CollectInsights($input: CollectInsightsInput!) {
  collectInsights(input: $input) {
    run {
      id
      status
      reason
      stored
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CollectInsightsMutation, CollectInsightsMutationVariables>;
export const UpdateAccountContactDocument = new TypedDocumentString(`
    mutation UpdateAccountContact($input: UpdateAccountContactInput!) {
  updateAccountContact(input: $input) {
    account {
      id
      contactEmail
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateAccountContactMutation, UpdateAccountContactMutationVariables>;
export const DisconnectAccountDocument = new TypedDocumentString(`
    mutation DisconnectAccount($input: DisconnectAccountInput!) {
  disconnectAccount(input: $input) {
    account {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DisconnectAccountMutation, DisconnectAccountMutationVariables>;
export const AccountsDocument = new TypedDocumentString(`
    query Accounts($id: ID!, $first: Int!, $after: String, $filter: AccountFilter, $orderBy: AccountOrder) {
  workspace(id: $id) {
    id
    accounts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      nodes {
        ...AccountRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment HealthPill on TokenHealth {
  state
  urgency
  daysLeft
}
fragment AccountRow on Account {
  id
  username
  name
  followersCount
  provider
  page {
    name
  }
  insightsCollectedAt
  tokenHealth {
    ...HealthPill
    explanation
    nextStep
  }
}`) as unknown as TypedDocumentString<AccountsQuery, AccountsQueryVariables>;
export const AccountsAttentionDocument = new TypedDocumentString(`
    query AccountsAttention($id: ID!) {
  workspace(id: $id) {
    id
    viewerRole
    tokenHealth {
      total
      ok
      amber
      red
      openIncidents
      byState {
        state
        count
      }
    }
    urgent: accounts(first: 1, filter: {urgency: RED}, orderBy: URGENCY) {
      nodes {
        id
        username
        tokenHealth {
          explanation
          nextStep
        }
      }
    }
    soon: accounts(first: 100, filter: {urgency: AMBER}, orderBy: URGENCY) {
      nodes {
        id
        username
        tokenHealth {
          daysLeft
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AccountsAttentionQuery, AccountsAttentionQueryVariables>;
export const BrokenAccountsDocument = new TypedDocumentString(`
    query BrokenAccounts($id: ID!, $first: Int!, $search: String) {
  workspace(id: $id) {
    id
    accounts(
      first: $first
      filter: {urgency: RED, search: $search}
      orderBy: USERNAME
    ) {
      totalCount
      nodes {
        id
        username
        contactEmail
      }
    }
  }
}
    `) as unknown as TypedDocumentString<BrokenAccountsQuery, BrokenAccountsQueryVariables>;
export const SendReconnectLinksDocument = new TypedDocumentString(`
    mutation SendReconnectLinks($input: SendReconnectLinksInput!) {
  sendReconnectLinks(input: $input) {
    results {
      accountId
      link {
        id
        sentTo
      }
      error {
        message
      }
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SendReconnectLinksMutation, SendReconnectLinksMutationVariables>;
export const AudienceDocument = new TypedDocumentString(`
    query Audience($id: ID!, $kind: AudienceKind!) {
  account(id: $id) {
    id
    audience(kind: $kind) {
      day
      state
      collectedAt
      countries {
        ...Segment
      }
      cities {
        ...Segment
      }
      ageGender {
        ...AgeGender
      }
    }
  }
}
    fragment Segment on AudienceSegment {
  key
  value
  share
}
fragment AgeGender on AgeGenderSegment {
  age
  gender
  value
  share
}`) as unknown as TypedDocumentString<AudienceQuery, AudienceQueryVariables>;
export const SignUpDocument = new TypedDocumentString(`
    mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) {
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignUpMutation, SignUpMutationVariables>;
export const ConfirmEmailDocument = new TypedDocumentString(`
    mutation ConfirmEmail($input: ConfirmEmailInput!) {
  confirmEmail(input: $input) {
    session {
      accessToken
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ConfirmEmailMutation, ConfirmEmailMutationVariables>;
export const SignInDocument = new TypedDocumentString(`
    mutation SignIn($input: SignInInput!) {
  signIn(input: $input) {
    session {
      accessToken
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignInMutation, SignInMutationVariables>;
export const SignOutDocument = new TypedDocumentString(`
    mutation SignOut {
  signOut {
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<SignOutMutation, SignOutMutationVariables>;
export const WorkspaceChannelsDocument = new TypedDocumentString(`
    query WorkspaceChannels($id: ID!) {
  workspace(id: $id) {
    id
    channels {
      ...ChannelItem
    }
  }
}
    fragment ChannelItem on Channel {
  id
  kind
  name
  address
  events
  disabledAt
  disabledReason
  failingSince
  formerSecretValidUntil
}`) as unknown as TypedDocumentString<WorkspaceChannelsQuery, WorkspaceChannelsQueryVariables>;
export const OneChannelDocument = new TypedDocumentString(`
    query OneChannel($id: ID!) {
  channel(id: $id) {
    ...ChannelItem
  }
}
    fragment ChannelItem on Channel {
  id
  kind
  name
  address
  events
  disabledAt
  disabledReason
  failingSince
  formerSecretValidUntil
}`) as unknown as TypedDocumentString<OneChannelQuery, OneChannelQueryVariables>;
export const ChannelDeliveriesDocument = new TypedDocumentString(`
    query ChannelDeliveries($id: ID!, $first: Int!, $after: String, $state: DeliveryState) {
  channel(id: $id) {
    id
    deliveries(first: $first, after: $after, state: $state) {
      nodes {
        id
        eventId
        event
        state
        attempts
        createdAt
        lastAttemptAt
        nextAttemptAt
        durationMs
        statusCode
        problem
        answer
        body
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ChannelDeliveriesQuery, ChannelDeliveriesQueryVariables>;
export const CreateChannelDocument = new TypedDocumentString(`
    mutation CreateChannel($input: CreateChannelInput!) {
  createChannel(input: $input) {
    channel {
      ...ChannelItem
    }
    signingSecret
    userErrors {
      path
      code
      message
    }
  }
}
    fragment ChannelItem on Channel {
  id
  kind
  name
  address
  events
  disabledAt
  disabledReason
  failingSince
  formerSecretValidUntil
}`) as unknown as TypedDocumentString<CreateChannelMutation, CreateChannelMutationVariables>;
export const UpdateChannelDocument = new TypedDocumentString(`
    mutation UpdateChannel($input: UpdateChannelInput!) {
  updateChannel(input: $input) {
    channel {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateChannelMutation, UpdateChannelMutationVariables>;
export const DeleteChannelDocument = new TypedDocumentString(`
    mutation DeleteChannel($input: DeleteChannelInput!) {
  deleteChannel(input: $input) {
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteChannelMutation, DeleteChannelMutationVariables>;
export const EnableChannelDocument = new TypedDocumentString(`
    mutation EnableChannel($input: EnableChannelInput!) {
  enableChannel(input: $input) {
    channel {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<EnableChannelMutation, EnableChannelMutationVariables>;
export const DisableChannelDocument = new TypedDocumentString(`
    mutation DisableChannel($input: DisableChannelInput!) {
  disableChannel(input: $input) {
    channel {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<DisableChannelMutation, DisableChannelMutationVariables>;
export const RotateChannelSecretDocument = new TypedDocumentString(`
    mutation RotateChannelSecret($input: RotateChannelSecretInput!) {
  rotateChannelSecret(input: $input) {
    signingSecret
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RotateChannelSecretMutation, RotateChannelSecretMutationVariables>;
export const TestChannelDocument = new TypedDocumentString(`
    mutation TestChannel($input: TestChannelInput!) {
  testChannel(input: $input) {
    delivery {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<TestChannelMutation, TestChannelMutationVariables>;
export const ReplayDeliveryDocument = new TypedDocumentString(`
    mutation ReplayDelivery($input: ReplayDeliveryInput!) {
  replayDelivery(input: $input) {
    delivery {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReplayDeliveryMutation, ReplayDeliveryMutationVariables>;
export const ReplayFailedDeliveriesDocument = new TypedDocumentString(`
    mutation ReplayFailedDeliveries($input: ReplayFailedDeliveriesInput!) {
  replayFailedDeliveries(input: $input) {
    count
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReplayFailedDeliveriesMutation, ReplayFailedDeliveriesMutationVariables>;
export const ConnectLinksDocument = new TypedDocumentString(`
    query ConnectLinks($id: ID!, $first: Int!, $after: String) {
  workspace(id: $id) {
    id
    viewerRole
    connectLinks(first: $first, after: $after) {
      totalCount
      nodes {
        ...ConnectLinkRow
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment ConnectLinkRow on ConnectLink {
  id
  clientName
  state
  usable
  url
  sentTo
  createdBy
  expiresAt
  lastEventAt
  accountCount
  accounts {
    id
    username
  }
}`) as unknown as TypedDocumentString<ConnectLinksQuery, ConnectLinksQueryVariables>;
export const CreateConnectLinkDocument = new TypedDocumentString(`
    mutation CreateConnectLink($input: CreateConnectLinkInput!) {
  createConnectLink(input: $input) {
    link {
      ...ConnectLinkRow
    }
    userErrors {
      path
      code
      message
    }
  }
}
    fragment ConnectLinkRow on ConnectLink {
  id
  clientName
  state
  usable
  url
  sentTo
  createdBy
  expiresAt
  lastEventAt
  accountCount
  accounts {
    id
    username
  }
}`) as unknown as TypedDocumentString<CreateConnectLinkMutation, CreateConnectLinkMutationVariables>;
export const RevokeConnectLinkDocument = new TypedDocumentString(`
    mutation RevokeConnectLink($input: RevokeConnectLinkInput!) {
  revokeConnectLink(input: $input) {
    link {
      id
      state
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RevokeConnectLinkMutation, RevokeConnectLinkMutationVariables>;
export const ProvidersDocument = new TypedDocumentString(`
    query Providers {
  providers
}
    `) as unknown as TypedDocumentString<ProvidersQuery, ProvidersQueryVariables>;
export const StartConnectDocument = new TypedDocumentString(`
    mutation StartConnect($input: StartConnectInput!) {
  startConnect(input: $input) {
    authorizationUrl
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<StartConnectMutation, StartConnectMutationVariables>;
export const ConnectSessionDocument = new TypedDocumentString(`
    query ConnectSession($id: ID!) {
  connectSession(id: $id) {
    id
    provider
    grantedBy
    missingScopes
    expiresAt
    workspace {
      id
      name
    }
    candidates {
      ...Candidate
    }
  }
}
    fragment Candidate on ConnectCandidate {
  instagramId
  username
  name
  pageName
  followersCount
  state
  remedy
}`) as unknown as TypedDocumentString<ConnectSessionQuery, ConnectSessionQueryVariables>;
export const ChooseAccountsDocument = new TypedDocumentString(`
    mutation ChooseAccounts($input: ChooseAccountsInput!) {
  chooseAccounts(input: $input) {
    accounts {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ChooseAccountsMutation, ChooseAccountsMutationVariables>;
export const AccountRunsDocument = new TypedDocumentString(`
    query AccountRuns($id: ID!, $first: Int!, $after: String) {
  account(id: $id) {
    id
    runs(first: $first, after: $after) {
      nodes {
        id
        job
        status
        reason
        startedAt
        finishedAt
        calls
        stored
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AccountRunsQuery, AccountRunsQueryVariables>;
export const AccountRefreshLogDocument = new TypedDocumentString(`
    query AccountRefreshLog($id: ID!, $first: Int!, $after: String) {
  account(id: $id) {
    id
    refreshLog(first: $first, after: $after) {
      nodes {
        id
        trigger
        outcome
        errorClass
        code
        subcode
        startedAt
        oldExpiresAt
        newExpiresAt
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<AccountRefreshLogQuery, AccountRefreshLogQueryVariables>;
export const AccountIncidentsDocument = new TypedDocumentString(`
    query AccountIncidents($id: ID!, $first: Int!, $after: String) {
  account(id: $id) {
    id
    incidents(first: $first, after: $after) {
      nodes {
        ...IncidentItem
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment IncidentItem on Incident {
  id
  cause
  explanation
  openedAt
  closedAt
  account {
    id
    username
  }
  mails {
    recipient
    subject
    state
    queuedAt
    sentAt
  }
}`) as unknown as TypedDocumentString<AccountIncidentsQuery, AccountIncidentsQueryVariables>;
export const AccountReconnectLinksDocument = new TypedDocumentString(`
    query AccountReconnectLinks($id: ID!) {
  account(id: $id) {
    id
    reconnectLinks {
      id
      state
      createdAt
      expiresAt
      sentTo
      url
      lastEventAt
    }
  }
}
    `) as unknown as TypedDocumentString<AccountReconnectLinksQuery, AccountReconnectLinksQueryVariables>;
export const RevokeReconnectLinkDocument = new TypedDocumentString(`
    mutation RevokeReconnectLink($input: RevokeReconnectLinkInput!) {
  revokeReconnectLink(input: $input) {
    link {
      id
      state
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RevokeReconnectLinkMutation, RevokeReconnectLinkMutationVariables>;
export const WorkspaceIncidentsDocument = new TypedDocumentString(`
    query WorkspaceIncidents($id: ID!, $first: Int!, $after: String, $open: Boolean) {
  workspace(id: $id) {
    id
    incidents(first: $first, after: $after, open: $open) {
      totalCount
      nodes {
        ...IncidentItem
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment IncidentItem on Incident {
  id
  cause
  explanation
  openedAt
  closedAt
  account {
    id
    username
  }
  mails {
    recipient
    subject
    state
    queuedAt
    sentAt
  }
}`) as unknown as TypedDocumentString<WorkspaceIncidentsQuery, WorkspaceIncidentsQueryVariables>;
export const MetricsDocument = new TypedDocumentString(`
    query Metrics {
  metrics {
    metric
    label
    help
    counts
    headline
    lastDays
  }
}
    `) as unknown as TypedDocumentString<MetricsQuery, MetricsQueryVariables>;
export const InsightsDocument = new TypedDocumentString(`
    query Insights($id: ID!, $metrics: [Metric!]!, $from: Date!, $to: Date!, $previousFrom: Date!, $previousTo: Date!) {
  account(id: $id) {
    id
    insights(metrics: $metrics, from: $from, to: $to) {
      metric
      days
      values
      states
      total
    }
    previous: insights(metrics: $metrics, from: $previousFrom, to: $previousTo) {
      metric
      values
    }
  }
}
    `) as unknown as TypedDocumentString<InsightsQuery, InsightsQueryVariables>;
export const SeriesPointsDocument = new TypedDocumentString(`
    query SeriesPoints($id: ID!, $metric: Metric!, $from: Date!, $to: Date!) {
  account(id: $id) {
    id
    insights(metrics: [$metric], from: $from, to: $to) {
      metric
      points {
        day
        value
        state
        collectedAt
        revisions {
          oldValue
        }
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SeriesPointsQuery, SeriesPointsQueryVariables>;
export const AccountMediaDocument = new TypedDocumentString(`
    query AccountMedia($id: ID!, $pageSize: Int!, $after: String, $kind: MediaKind, $sort: MediaMetric) {
  account(id: $id) {
    id
    mediaCollectedAt
    storyGaps {
      from
      to
    }
    media(first: $pageSize, after: $after, kind: $kind, sort: $sort) {
      totalCount
      nodes {
        ...MediaItem
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    fragment MediaItem on Media {
  id
  kind
  format
  caption
  permalink
  postedAt
  readAt
  goneAt
  storyState
  storyEndsAt
  metrics {
    metric
    value
    state
    collectedAt
  }
}`) as unknown as TypedDocumentString<AccountMediaQuery, AccountMediaQueryVariables>;
export const MediaMetricsDocument = new TypedDocumentString(`
    query MediaMetrics {
  mediaMetrics {
    metric
    label
    help
    unit
    headline
    kinds
  }
}
    `) as unknown as TypedDocumentString<MediaMetricsQuery, MediaMetricsQueryVariables>;
export const IsOperatorDocument = new TypedDocumentString(`
    query IsOperator {
  operator {
    __typename
  }
}
    `) as unknown as TypedDocumentString<IsOperatorQuery, IsOperatorQueryVariables>;
export const OperatorDocument = new TypedDocumentString(`
    query Operator {
  operator {
    workerSeenAt
    oldestOverdueRefreshAt
    monitor {
      ...MonitorSettings
      lastSweep {
        begunAt
        endedAt
      }
    }
    queue {
      kind
      due
      overdue
      running
      waiting
      quarantined
      oldestDueAt
    }
    brake {
      isHolding
      held
      since
      releasedUntil
    }
    accountsByState {
      state
      count
    }
    checks {
      succeeded
      failed
      skipped
      healed
    }
    refreshRates {
      trigger
      succeeded
      failed
      rate
    }
    outbox {
      waiting
      oldestAt
    }
  }
}
    fragment MonitorSettings on Monitor {
  intervalMinutes
  batchSize
  autoHeal
}`) as unknown as TypedDocumentString<OperatorQuery, OperatorQueryVariables>;
export const SetAsideDocument = new TypedDocumentString(`
    query SetAside($first: Int!, $after: String) {
  operator {
    quarantinedJobs(first: $first, after: $after) {
      totalCount
      nodes {
        id
        kind
        workspaceId
        quarantinedAt
        dueAt
        attempts
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SetAsideQuery, SetAsideQueryVariables>;
export const UpdateMonitorDocument = new TypedDocumentString(`
    mutation UpdateMonitor($input: UpdateMonitorInput!) {
  updateMonitor(input: $input) {
    monitor {
      ...MonitorSettings
    }
    userErrors {
      path
      code
      message
    }
  }
}
    fragment MonitorSettings on Monitor {
  intervalMinutes
  batchSize
  autoHeal
}`) as unknown as TypedDocumentString<UpdateMonitorMutation, UpdateMonitorMutationVariables>;
export const ReleaseJobDocument = new TypedDocumentString(`
    mutation ReleaseJob($input: ReleaseJobInput!) {
  releaseJob(input: $input) {
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReleaseJobMutation, ReleaseJobMutationVariables>;
export const ReleaseBrakeDocument = new TypedDocumentString(`
    mutation ReleaseBrake($input: ReleaseBrakeInput!) {
  releaseBrake(input: $input) {
    brake {
      releasedUntil
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ReleaseBrakeMutation, ReleaseBrakeMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    id
    email
    name
    memberships {
      role
      wantsAlerts
      workspace {
        id
        name
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const WorkspaceSummaryDocument = new TypedDocumentString(`
    query WorkspaceSummary($id: ID!) {
  workspace(id: $id) {
    id
    name
    viewerRole
    tokenHealth {
      total
      ok
      amber
      red
      openIncidents
      refreshesSucceeded30d
      refreshesFailed30d
    }
  }
}
    `) as unknown as TypedDocumentString<WorkspaceSummaryQuery, WorkspaceSummaryQueryVariables>;
export const CreateWorkspaceDocument = new TypedDocumentString(`
    mutation CreateWorkspace($input: CreateWorkspaceInput!) {
  createWorkspace(input: $input) {
    workspace {
      id
    }
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CreateWorkspaceMutation, CreateWorkspaceMutationVariables>;
export const UpdateAlertsDocument = new TypedDocumentString(`
    mutation UpdateAlerts($input: UpdateAlertsInput!) {
  updateAlerts(input: $input) {
    wantsAlerts
    userErrors {
      path
      code
      message
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateAlertsMutation, UpdateAlertsMutationVariables>;
export const OpenWorkspaceDocument = new TypedDocumentString(`
    mutation OpenWorkspace($input: OpenWorkspaceInput!) {
  openWorkspace(input: $input) {
    queued
  }
}
    `) as unknown as TypedDocumentString<OpenWorkspaceMutation, OpenWorkspaceMutationVariables>;
export const RefreshSessionDocument = new TypedDocumentString(`
    mutation RefreshSession {
  refreshSession {
    session {
      accessToken
    }
  }
}
    `) as unknown as TypedDocumentString<RefreshSessionMutation, RefreshSessionMutationVariables>;