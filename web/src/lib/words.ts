import type {
  HealthReason,
  JobKind,
  MailState,
  NextStep,
  PointState,
  Provider,
  ReconnectLinkState,
  RefreshOutcome,
  RefreshTrigger,
  RunStatus,
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

export const jobLabels: Record<JobKind, string> = {
  REFRESH_TOKEN: 'Renew token',
  CHECK_TOKEN: 'Check token',
  COLLECT_INSIGHTS: 'Collect insights',
  COLLECT_AUDIENCE: 'Collect audience',
  BACKFILL_INSIGHTS: 'Fetch past insights',
  SEND_MAIL: 'Send mail',
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

export const mailStateLabels: Record<MailState, string> = {
  QUEUED: 'Queued',
  SENT: 'Sent',
  FAILED: 'Failed',
  CANCELLED: 'Cancelled',
};
