import type {
  ChannelDisabledReason,
  ChannelEvent,
  ChannelKind,
  ConnectLinkState,
  DeliveryEvent,
  DeliveryProblem,
  DeliveryState,
  HealthReason,
  JobKind,
  MailState,
  MediaFormat,
  MediaKind,
  NextStep,
  PointState,
  Provider,
  ReconnectLinkState,
  RefreshOutcome,
  RefreshTrigger,
  RunStatus,
  StoryState,
  TokenHealthState,
} from '@/gql/graphql';

/** The words for everything the API names by a constant. */

export const stateLabels: Record<TokenHealthState, string> = {
  HEALTHY: 'Healthy',
  DUE: 'Renewal due',
  REFRESHING: 'Renewing',
  PAGES_STALE: 'Page access pending',
  THROTTLED: 'Slowed by Meta',
  ACTION_NEEDED: 'Action needed',
  PERMISSION_MISSING: 'Permission missing',
  NEEDS_RECONNECT: 'Needs reconnect',
  TOKEN_UNREADABLE: 'Token unreadable',
  QUARANTINED: 'On hold',
  DISCONNECTED: 'Disconnected',
};

export const reasonLabels: Record<HealthReason, string> = {
  EXPIRED: 'Access expired',
  APP_REMOVED: 'App was removed',
  PASSWORD_CHANGED: 'Password was changed',
  CHECKPOINT: 'Meta asks for a check',
  UNCONFIRMED: 'Login not confirmed',
  SESSION_INVALID: 'Session was ended',
  PAGE_ROLE_LOST: 'Page role was lost',
  PERMISSION_MISSING: 'Permission missing',
  ACCOUNT_GONE: 'Account is gone',
  TOKEN_UNREADABLE: 'Token unreadable',
  DISCONNECTED: 'Disconnected',
};

export const stepLabels: Record<NextStep, string> = {
  NONE: 'Nothing to do',
  WAIT: 'Wait, Mooring keeps trying',
  RECONNECT: 'Reconnect',
  GRANT_PERMISSION: 'Grant the missing permission',
  SOLVE_CHECKPOINT: 'Solve the check at Meta, then reconnect',
  CONTACT_OPERATOR: 'Contact the operator of Mooring',
};

/** The same steps where there is room for a word or two. */
export const shortStepLabels: Record<NextStep, string> = {
  NONE: 'Nothing to do',
  WAIT: 'Wait',
  RECONNECT: 'Reconnect',
  GRANT_PERMISSION: 'Grant permission',
  SOLVE_CHECKPOINT: 'Solve check at Meta',
  CONTACT_OPERATOR: 'Contact operator',
};

/** Steps that a new login at Meta completes. */
export const loginHelps = (step: NextStep): boolean =>
  step === 'RECONNECT' || step === 'GRANT_PERMISSION' || step === 'SOLVE_CHECKPOINT';

export const providerLabels: Record<Provider, string> = {
  FACEBOOK_LOGIN: 'Facebook Login',
  INSTAGRAM_LOGIN: 'Instagram Login',
};

export const pointStateLabels: Record<PointState, string> = {
  FINAL: 'Final',
  PROVISIONAL: 'Provisional, may still change',
  NOT_READY: 'Not ready at Meta yet',
  NOT_SUPPORTED: 'Not offered for this account',
  BELOW_THRESHOLD: 'Too few people for Meta to say',
  NO_PERMISSION: 'Permission missing',
  GAP: 'Missing',
};

export const mediaKindLabels: Record<MediaKind, string> = {
  FEED: 'Post',
  REELS: 'Reel',
  STORY: 'Story',
};

export const mediaFormatLabels: Record<MediaFormat, string> = {
  IMAGE: 'Picture',
  VIDEO: 'Film',
  ALBUM: 'Album',
};

export const storyStateLabels: Record<StoryState, string> = {
  LIVE: 'Up',
  PENDING: 'Ended',
  CAPTURED: 'Complete',
  MISSED: 'Missed',
  REMOVED: 'Taken down',
};

export const storyStateHelp: Record<StoryState, string> = {
  LIVE: 'Its figures are read again until it ends.',
  PENDING: 'Its last figures are still tried for.',
  CAPTURED: 'Its figures were read at its end.',
  MISSED: 'It ended before its last figures could be read.',
  REMOVED: 'It was taken down before its end.',
};

export const jobLabels: Record<JobKind, string> = {
  REFRESH_TOKEN: 'Renew token',
  CHECK_TOKEN: 'Check token',
  COLLECT_INSIGHTS: 'Collect insights',
  COLLECT_AUDIENCE: 'Collect audience',
  COLLECT_MEDIA: 'Collect media',
  BACKFILL_INSIGHTS: 'Fetch past insights',
  SEND_MAIL: 'Send mail',
  FOLLOW_UP: 'Remind',
  DELIVER: 'Tell a channel',
};

export const runStatusLabels: Record<RunStatus, string> = {
  SUCCEEDED: 'Succeeded',
  FAILED: 'Failed',
  SKIPPED: 'Skipped',
};

export const triggerLabels: Record<RefreshTrigger, string> = {
  SCHEDULED: 'On schedule',
  MANUAL: 'By a person',
  ON_DEMAND: 'On demand',
  TEST: 'Test',
};

export const outcomeLabels: Record<RefreshOutcome, string> = {
  STARTED: 'Running',
  SUCCEEDED: 'Succeeded',
  NOT_EXTENDED: 'Not extended',
  FAILED: 'Failed',
  INTERRUPTED: 'Interrupted',
};

export const linkStateLabels: Record<ReconnectLinkState, string> = {
  CREATED: 'Created',
  SENT: 'Sent',
  OPENED: 'Opened',
  DENIED: 'Declined at Meta',
  WRONG_ACCOUNT: 'Wrong account chosen',
  DONE: 'Done',
  EXPIRED: 'Expired',
  REVOKED: 'Revoked',
};

export const connectLinkStateLabels: Record<ConnectLinkState, string> = {
  CREATED: 'Created',
  SENT: 'Sent',
  OPENED: 'Opened',
  DENIED: 'Declined at Meta',
  CONNECTED: 'Connected',
  EXPIRED: 'Expired',
  REVOKED: 'Revoked',
};

export const mailStateLabels: Record<MailState, string> = {
  QUEUED: 'Queued',
  SENT: 'Sent',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};

export const channelKindLabels: Record<ChannelKind, string> = {
  SLACK: 'Slack',
  WEBHOOK: 'Webhook',
};

export const channelEventLabels: Record<ChannelEvent, string> = {
  ACCOUNT_HEALTH_CHANGED: 'The health of an account changed',
  INCIDENT_OPENED: 'An account needs a person',
  INCIDENT_CLOSED: 'An account works again',
  INSIGHTS_COLLECTED: 'New insights were collected',
};

/** Events by the names that receivers know. */
export const deliveryEventLabels: Record<DeliveryEvent, string> = {
  ACCOUNT_HEALTH_CHANGED: 'account.health_changed',
  INCIDENT_OPENED: 'incident.opened',
  INCIDENT_CLOSED: 'incident.closed',
  INSIGHTS_COLLECTED: 'insights.collected',
  CHANNEL_TEST: 'channel.test',
};

export const channelDisabledLabels: Record<ChannelDisabledReason, string> = {
  BY_MEMBER: 'Switched off by your team',
  GONE: 'Switched off: the receiver answered that it is gone for good',
  FAILING: 'Switched off: nothing could be delivered for three days',
};

export const deliveryStateLabels: Record<DeliveryState, string> = {
  WAITING: 'Waiting',
  DELIVERED: 'Delivered',
  GIVEN_UP: 'Given up',
};

export const deliveryProblemLabels: Record<DeliveryProblem, string> = {
  REFUSED: 'The receiver did not take it',
  GONE: 'The receiver is gone for good',
  REDIRECTED: 'The receiver redirects, which is not followed',
  TIMEOUT: 'No answer within 10 seconds',
  NO_CONNECTION: 'No connection',
  NO_ANSWER: 'The connection broke',
  ADDRESS_REFUSED: 'The address is not on the public internet',
  UNREADABLE: 'The stored address cannot be opened, contact the operator',
  CHANNEL_DISABLED: 'The channel was switched off',
};

/** Why work was not done, by the stable word of the API; each ends a sentence that names the work. */
const runReasons: Record<string, string> = {
  account_gone: 'Meta no longer shows the account',
  busy: 'a renewal is running already',
  cached: 'it was checked a moment ago',
  database: 'Mooring could not save',
  dead: 'the access has ended',
  disconnected: 'the account is disconnected',
  expired_long_ago: 'the access expired too long ago to be renewed',
  gone: 'the account was removed',
  healed: 'something was broken and has been repaired',
  lost: 'the process that did it ended early',
  mail_server: 'the mail server did not take it',
  meta_unreachable: 'Meta could not be reached',
  needs_reconnect: 'the account needs a reconnect',
  never_expires: 'this access never expires',
  no_answer: 'Meta did not answer',
  no_token: 'no access is stored',
  not_due: 'it is not due yet',
  not_extended: 'Meta did not extend the access',
  operator: 'Meta refused the app of this installation',
  paused: 'Meta asked to wait, it goes on by itself',
  permission_missing: 'a permission is missing',
  refused: 'Meta refused',
  token_refused: 'Meta refused the access',
  token_unreadable: 'the stored access cannot be opened',
  too_young: 'the access is too new to be renewed',
  unsure: 'Meta refused once, it is asked again',
};

/** Meta's refusals by class, for the log of renewals. */
const refusals: Record<string, string> = {
  app_removed: 'App was removed',
  bad_request: 'Request refused',
  blocked: 'Blocked by Meta',
  checkpoint: 'Meta asks for a check',
  expired: 'Access expired',
  gone: 'Not found at Meta',
  invalid_session: 'Session was ended',
  no_token: 'No access is stored',
  operator_app_disabled: 'App is disabled',
  operator_app_id: 'App id is wrong',
  operator_app_secret: 'App secret is wrong',
  operator_proof: 'App secret does not fit the app',
  page_role_lost: 'Page role was lost',
  password_changed: 'Password was changed',
  permission: 'Permission missing',
  throttled: 'Meta asked to wait',
  token_unreadable: 'Stored access cannot be opened',
  transient: 'Meta could not be reached',
  unconfirmed: 'Login not confirmed',
};

/** What Meta's permissions allow, in the words of the person who gives them. */
const scopes: Record<string, string> = {
  business_management: 'Pages in business portfolios',
  instagram_basic: 'Instagram profile',
  instagram_business_basic: 'Instagram profile',
  instagram_business_manage_insights: 'Instagram insights',
  instagram_manage_insights: 'Instagram insights',
  pages_read_engagement: 'Content of Pages',
  pages_show_list: 'List of Pages',
  public_profile: 'Name and picture',
};

/** A word that is new in the API is still better than nothing. */
const spelled = (word: string) => word.toLowerCase().replaceAll('_', ' ');

export const runReasonLabel = (reason: string): string => runReasons[reason] ?? spelled(reason);
export const refusalLabel = (errorClass: string): string =>
  refusals[errorClass.toLowerCase()] ?? spelled(errorClass);
export const scopeLabel = (scope: string): string => scopes[scope] ?? spelled(scope);
