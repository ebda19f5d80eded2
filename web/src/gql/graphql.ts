/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type AccountFilter = {
  search?: string | null | undefined;
  states?: Array<TokenHealthState> | null | undefined;
  urgency?: Urgency | null | undefined;
};

export type AccountOrder =
  | 'URGENCY'
  | 'USERNAME';

export type AudienceKind =
  | 'ENGAGED'
  | 'FOLLOWERS';

export type AudienceState =
  | 'AVAILABLE'
  | 'BELOW_THRESHOLD'
  | 'NOT_SUPPORTED'
  | 'NO_PERMISSION';

export type CandidateState =
  | 'ALREADY_CONNECTED'
  | 'NO_PROFESSIONAL_ACCOUNT'
  | 'ROLE_MISSING'
  | 'SELECTABLE';

export type CheckTokenInput = {
  accountId: string | number;
  /** Ask Meta even when the last answer is younger than five minutes. */
  force?: boolean | null | undefined;
};

export type ChooseAccountsInput = {
  connectSessionId: string | number;
  /** Where reconnect mails for these accounts go. */
  contactEmail?: string | null | undefined;
  instagramIds: Array<string>;
};

export type CollectInsightsInput = {
  accountId: string | number;
};

export type ConfirmEmailInput = {
  token: string;
};

export type CreateReconnectLinkInput = {
  accountId: string | number;
};

export type CreateWorkspaceInput = {
  name: string;
};

export type DisconnectAccountInput = {
  accountId: string | number;
  /** Also delete what was collected. */
  deleteHistory?: boolean | null | undefined;
};

export type HealthReason =
  | 'ACCOUNT_GONE'
  | 'APP_REMOVED'
  | 'CHECKPOINT'
  | 'DISCONNECTED'
  | 'EXPIRED'
  | 'PAGE_ROLE_LOST'
  | 'PASSWORD_CHANGED'
  | 'PERMISSION_MISSING'
  | 'SESSION_INVALID'
  | 'TOKEN_UNREADABLE'
  | 'UNCONFIRMED';

export type JobKind =
  | 'BACKFILL_INSIGHTS'
  | 'CHECK_TOKEN'
  | 'COLLECT_AUDIENCE'
  | 'COLLECT_INSIGHTS'
  | 'REFRESH_TOKEN'
  | 'SEND_MAIL';

export type MailState =
  | 'CANCELLED'
  | 'FAILED'
  | 'QUEUED'
  | 'SENT';

export type Metric =
  | 'ACCOUNTS_ENGAGED'
  | 'COMMENTS'
  | 'FOLLOWERS_COUNT'
  | 'FOLLOWER_COUNT'
  | 'FOLLOWS'
  | 'LIKES'
  | 'PROFILE_LINKS_TAPS'
  | 'PROFILE_VIEWS'
  | 'REACH'
  | 'REPLIES'
  | 'REPOSTS'
  | 'SAVES'
  | 'SHARES'
  | 'TOTAL_INTERACTIONS'
  | 'UNFOLLOWS'
  | 'VIEWS'
  | 'WEBSITE_CLICKS';

export type NextStep =
  | 'CONTACT_OPERATOR'
  | 'GRANT_PERMISSION'
  | 'NONE'
  | 'RECONNECT'
  | 'SOLVE_CHECKPOINT'
  | 'WAIT';

export type PointState =
  | 'BELOW_THRESHOLD'
  | 'FINAL'
  | 'GAP'
  | 'NOT_READY'
  | 'NOT_SUPPORTED'
  | 'NO_PERMISSION'
  | 'PROVISIONAL';

export type Provider =
  | 'FACEBOOK_LOGIN'
  | 'INSTAGRAM_LOGIN';

export type ReconnectLinkState =
  | 'CREATED'
  | 'DENIED'
  | 'DONE'
  | 'EXPIRED'
  | 'OPENED'
  | 'REVOKED'
  | 'SENT'
  | 'WRONG_ACCOUNT';

export type RefreshOutcome =
  | 'FAILED'
  | 'INTERRUPTED'
  | 'NOT_EXTENDED'
  | 'STARTED'
  | 'SUCCEEDED';

export type RefreshTokenInput = {
  accountId: string | number;
};

export type RefreshTrigger =
  | 'MANUAL'
  | 'ON_DEMAND'
  | 'SCHEDULED'
  | 'TEST';

export type RevokeReconnectLinkInput = {
  linkId: string | number;
};

export type Role =
  | 'ADMIN'
  | 'MEMBER'
  | 'OWNER'
  | 'VIEWER';

export type RunStatus =
  | 'FAILED'
  | 'SKIPPED'
  | 'SUCCEEDED';

export type SendReconnectLinkInput = {
  accountId: string | number;
  /** The account's contact address when left out. */
  email?: string | null | undefined;
};

export type SignInInput = {
  email: string;
  password: string;
};

export type SignUpInput = {
  email: string;
  name: string;
  password: string;
};

export type StartConnectInput = {
  provider: Provider;
  workspaceId: string | number;
};

export type StartReconnectInput = {
  accountId: string | number;
};

export type TokenHealthState =
  | 'ACTION_NEEDED'
  | 'DISCONNECTED'
  | 'DUE'
  | 'HEALTHY'
  | 'NEEDS_RECONNECT'
  | 'PAGES_STALE'
  | 'PERMISSION_MISSING'
  | 'QUARANTINED'
  | 'REFRESHING'
  | 'THROTTLED'
  | 'TOKEN_UNREADABLE';

export type UpdateAccountContactInput = {
  accountId: string | number;
  contactEmail?: string | null | undefined;
};

export type Urgency =
  | 'AMBER'
  | 'OK'
  | 'RED';

export type UserErrorCode =
  | 'ALREADY_DONE'
  | 'EXPIRED'
  | 'FORBIDDEN'
  | 'INVALID'
  | 'NOT_CONFIGURED'
  | 'NOT_FOUND'
  | 'REJECTED_BY_META'
  | 'TAKEN'
  | 'TRY_LATER'
  | 'WRONG_CREDENTIALS';

export type HealthPillFragment = { state: TokenHealthState, urgency: Urgency, daysLeft: number | null };

export type IncidentItemFragment = { id: string, cause: HealthReason, explanation: string, openedAt: string, closedAt: string | null, account: { id: string, username: string }, mails: Array<{ recipient: string, subject: string, state: MailState, queuedAt: string, sentAt: string | null }> };

export type AccountQueryVariables = Exact<{
  id: string | number;
}>;


export type AccountQuery = { account: { id: string, instagramId: string, username: string, name: string | null, followersCount: number | null, provider: Provider, connectedAt: string, insightsCollectedAt: string | null, contactEmail: string | null, workspace: { id: string, viewerRole: Role }, page: { id: string, name: string } | null, tokenHealth: { state: TokenHealthState, reason: HealthReason | null, explanation: string, nextStep: NextStep, since: string, verifiedAt: string | null, expiresAt: string | null, dataAccessExpiresAt: string | null, lastRefreshedAt: string | null, nextRefreshAt: string | null, scopes: Array<string>, missingScopes: Array<string>, urgency: Urgency, daysLeft: number | null } } | null };

export type AccountHeaderFragment = { id: string, instagramId: string, username: string, name: string | null, followersCount: number | null, provider: Provider, connectedAt: string, insightsCollectedAt: string | null, page: { id: string, name: string } | null, tokenHealth: { state: TokenHealthState } };

export type HealthPanelFragment = { id: string, username: string, contactEmail: string | null, provider: Provider, tokenHealth: { reason: HealthReason | null, explanation: string, nextStep: NextStep, since: string, verifiedAt: string | null, expiresAt: string | null, dataAccessExpiresAt: string | null, lastRefreshedAt: string | null, nextRefreshAt: string | null, scopes: Array<string>, missingScopes: Array<string>, state: TokenHealthState, urgency: Urgency, daysLeft: number | null } };

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


export type AccountsAttentionQuery = { workspace: { id: string, viewerRole: Role, tokenHealth: { total: number, ok: number, amber: number, red: number, openIncidents: number }, urgent: { nodes: Array<{ id: string, username: string, tokenHealth: { explanation: string, nextStep: NextStep } }> }, soon: { nodes: Array<{ id: string, username: string, tokenHealth: { daysLeft: number | null } }> } } | null };

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


export type ConfirmEmailMutation = { confirmEmail: { userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type SignInMutationVariables = Exact<{
  input: SignInInput;
}>;


export type SignInMutation = { signIn: { session: { accessToken: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

export type SignOutMutationVariables = Exact<{ [key: string]: never; }>;


export type SignOutMutation = { signOut: { userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

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


export type MetricsQuery = { metrics: Array<{ metric: Metric, label: string, help: string, additive: boolean }> };

export type InsightsQueryVariables = Exact<{
  id: string | number;
  metrics: Array<Metric> | Metric;
  from: string;
  to: string;
  previousFrom: string;
  previousTo: string;
}>;


export type InsightsQuery = { account: { id: string, insights: Array<{ metric: Metric, days: Array<string>, values: Array<number | null>, states: Array<PointState>, total: number | null }>, previous: Array<{ metric: Metric, total: number | null }> } | null };

export type SeriesPointsQueryVariables = Exact<{
  id: string | number;
  metric: Metric;
  from: string;
  to: string;
}>;


export type SeriesPointsQuery = { account: { id: string, insights: Array<{ metric: Metric, points: Array<{ day: string, value: number | null, state: PointState, collectedAt: string | null }> }> } | null };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { id: string, email: string, name: string, memberships: Array<{ role: Role, workspace: { id: string, name: string } }> } | null };

export type WorkspaceSummaryQueryVariables = Exact<{
  id: string | number;
}>;


export type WorkspaceSummaryQuery = { workspace: { id: string, name: string, viewerRole: Role, tokenHealth: { total: number, ok: number, amber: number, red: number, openIncidents: number, refreshesSucceeded30d: number, refreshesFailed30d: number } } | null };

export type CreateWorkspaceMutationVariables = Exact<{
  input: CreateWorkspaceInput;
}>;


export type CreateWorkspaceMutation = { createWorkspace: { workspace: { id: string } | null, userErrors: Array<{ path: Array<string>, code: UserErrorCode, message: string }> } };

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
    verifiedAt
    expiresAt
    dataAccessExpiresAt
    lastRefreshedAt
    nextRefreshAt
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
    verifiedAt
    expiresAt
    dataAccessExpiresAt
    lastRefreshedAt
    nextRefreshAt
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
    additive
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
      total
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
      }
    }
  }
}
    `) as unknown as TypedDocumentString<SeriesPointsQuery, SeriesPointsQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    id
    email
    name
    memberships {
      role
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
export const RefreshSessionDocument = new TypedDocumentString(`
    mutation RefreshSession {
  refreshSession {
    session {
      accessToken
    }
  }
}
    `) as unknown as TypedDocumentString<RefreshSessionMutation, RefreshSessionMutationVariables>;