/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  fragment HealthPill on TokenHealth {\n    state\n    urgency\n    daysLeft\n  }\n": typeof types.HealthPillFragmentDoc,
    "\n  fragment IncidentItem on Incident {\n    id\n    cause\n    explanation\n    openedAt\n    closedAt\n    account {\n      id\n      username\n    }\n    mails {\n      recipient\n      subject\n      state\n      queuedAt\n      sentAt\n    }\n  }\n": typeof types.IncidentItemFragmentDoc,
    "\n  query Account($id: ID!) {\n    account(id: $id) {\n      id\n      ...AccountHeader\n      ...HealthPanel\n      ...ContactEmail\n      workspace {\n        id\n        viewerRole\n      }\n    }\n  }\n": typeof types.AccountDocument,
    "\n  fragment AccountHeader on Account {\n    id\n    instagramId\n    username\n    name\n    followersCount\n    provider\n    page {\n      id\n      name\n    }\n    connectedAt\n    insightsCollectedAt\n    tokenHealth {\n      state\n    }\n  }\n": typeof types.AccountHeaderFragmentDoc,
    "\n  fragment HealthPanel on Account {\n    id\n    username\n    contactEmail\n    provider\n    tokenHealth {\n      ...HealthPill\n      reason\n      explanation\n      nextStep\n      since\n      expiresAt\n      dataAccessExpiresAt\n      lastRefreshedAt\n      nextRefreshAt\n      nextAttemptAt\n      tokenValid\n      tokenVerifiedAt\n      insightsReadable\n      insightsReadAt\n      scopes\n      missingScopes\n    }\n  }\n": typeof types.HealthPanelFragmentDoc,
    "\n  fragment ContactEmail on Account {\n    id\n    contactEmail\n  }\n": typeof types.ContactEmailFragmentDoc,
    "\n  mutation StartReconnect($input: StartReconnectInput!) {\n    startReconnect(input: $input) {\n      authorizationUrl\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.StartReconnectDocument,
    "\n  mutation SendReconnectLink($input: SendReconnectLinkInput!) {\n    sendReconnectLink(input: $input) {\n      link {\n        id\n        sentTo\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.SendReconnectLinkDocument,
    "\n  mutation CreateReconnectLink($input: CreateReconnectLinkInput!) {\n    createReconnectLink(input: $input) {\n      link {\n        id\n        url\n        expiresAt\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.CreateReconnectLinkDocument,
    "\n  mutation RefreshToken($input: RefreshTokenInput!) {\n    refreshToken(input: $input) {\n      attempt {\n        id\n        outcome\n        newExpiresAt\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.RefreshTokenDocument,
    "\n  mutation CheckToken($input: CheckTokenInput!) {\n    checkToken(input: $input) {\n      account {\n        id\n        tokenHealth {\n          state\n        }\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.CheckTokenDocument,
    "\n  mutation CollectInsights($input: CollectInsightsInput!) {\n    collectInsights(input: $input) {\n      run {\n        id\n        status\n        reason\n        stored\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.CollectInsightsDocument,
    "\n  mutation UpdateAccountContact($input: UpdateAccountContactInput!) {\n    updateAccountContact(input: $input) {\n      account {\n        id\n        contactEmail\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.UpdateAccountContactDocument,
    "\n  mutation DisconnectAccount($input: DisconnectAccountInput!) {\n    disconnectAccount(input: $input) {\n      account {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.DisconnectAccountDocument,
    "\n  fragment AccountRow on Account {\n    id\n    username\n    name\n    followersCount\n    provider\n    page {\n      name\n    }\n    insightsCollectedAt\n    tokenHealth {\n      ...HealthPill\n      explanation\n      nextStep\n    }\n  }\n": typeof types.AccountRowFragmentDoc,
    "\n  query Accounts($id: ID!, $first: Int!, $after: String, $filter: AccountFilter, $orderBy: AccountOrder) {\n    workspace(id: $id) {\n      id\n      accounts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n        totalCount\n        nodes {\n          ...AccountRow\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.AccountsDocument,
    "\n  query AccountsAttention($id: ID!) {\n    workspace(id: $id) {\n      id\n      viewerRole\n      tokenHealth {\n        total\n        ok\n        amber\n        red\n        openIncidents\n        byState {\n          state\n          count\n        }\n      }\n      urgent: accounts(first: 1, filter: { urgency: RED }, orderBy: URGENCY) {\n        nodes {\n          id\n          username\n          tokenHealth {\n            explanation\n            nextStep\n          }\n        }\n      }\n      soon: accounts(first: 100, filter: { urgency: AMBER }, orderBy: URGENCY) {\n        nodes {\n          id\n          username\n          tokenHealth {\n            daysLeft\n          }\n        }\n      }\n    }\n  }\n": typeof types.AccountsAttentionDocument,
    "\n  query BrokenAccounts($id: ID!, $first: Int!, $search: String) {\n    workspace(id: $id) {\n      id\n      accounts(first: $first, filter: { urgency: RED, search: $search }, orderBy: USERNAME) {\n        totalCount\n        nodes {\n          id\n          username\n          contactEmail\n        }\n      }\n    }\n  }\n": typeof types.BrokenAccountsDocument,
    "\n  mutation SendReconnectLinks($input: SendReconnectLinksInput!) {\n    sendReconnectLinks(input: $input) {\n      results {\n        accountId\n        link {\n          id\n          sentTo\n        }\n        error {\n          message\n        }\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.SendReconnectLinksDocument,
    "\n  query Audience($id: ID!, $kind: AudienceKind!) {\n    account(id: $id) {\n      id\n      audience(kind: $kind) {\n        day\n        state\n        collectedAt\n        countries {\n          ...Segment\n        }\n        cities {\n          ...Segment\n        }\n        ageGender {\n          ...AgeGender\n        }\n      }\n    }\n  }\n": typeof types.AudienceDocument,
    "\n  fragment Segment on AudienceSegment {\n    key\n    value\n    share\n  }\n": typeof types.SegmentFragmentDoc,
    "\n  fragment AgeGender on AgeGenderSegment {\n    age\n    gender\n    value\n    share\n  }\n": typeof types.AgeGenderFragmentDoc,
    "\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.SignUpDocument,
    "\n  mutation ConfirmEmail($input: ConfirmEmailInput!) {\n    confirmEmail(input: $input) {\n      session {\n        accessToken\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.ConfirmEmailDocument,
    "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      session {\n        accessToken\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.SignInDocument,
    "\n  mutation SignOut {\n    signOut {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.SignOutDocument,
    "\n  fragment ChannelItem on Channel {\n    id\n    kind\n    name\n    address\n    events\n    disabledAt\n    disabledReason\n    failingSince\n    formerSecretValidUntil\n  }\n": typeof types.ChannelItemFragmentDoc,
    "\n  query WorkspaceChannels($id: ID!) {\n    workspace(id: $id) {\n      id\n      channels {\n        ...ChannelItem\n      }\n    }\n  }\n": typeof types.WorkspaceChannelsDocument,
    "\n  query OneChannel($id: ID!) {\n    channel(id: $id) {\n      ...ChannelItem\n    }\n  }\n": typeof types.OneChannelDocument,
    "\n  query ChannelDeliveries($id: ID!, $first: Int!, $after: String, $state: DeliveryState) {\n    channel(id: $id) {\n      id\n      deliveries(first: $first, after: $after, state: $state) {\n        nodes {\n          id\n          eventId\n          event\n          state\n          attempts\n          createdAt\n          lastAttemptAt\n          nextAttemptAt\n          durationMs\n          statusCode\n          problem\n          answer\n          body\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.ChannelDeliveriesDocument,
    "\n  mutation CreateChannel($input: CreateChannelInput!) {\n    createChannel(input: $input) {\n      channel {\n        ...ChannelItem\n      }\n      signingSecret\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.CreateChannelDocument,
    "\n  mutation UpdateChannel($input: UpdateChannelInput!) {\n    updateChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.UpdateChannelDocument,
    "\n  mutation DeleteChannel($input: DeleteChannelInput!) {\n    deleteChannel(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.DeleteChannelDocument,
    "\n  mutation EnableChannel($input: EnableChannelInput!) {\n    enableChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.EnableChannelDocument,
    "\n  mutation DisableChannel($input: DisableChannelInput!) {\n    disableChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.DisableChannelDocument,
    "\n  mutation RotateChannelSecret($input: RotateChannelSecretInput!) {\n    rotateChannelSecret(input: $input) {\n      signingSecret\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.RotateChannelSecretDocument,
    "\n  mutation TestChannel($input: TestChannelInput!) {\n    testChannel(input: $input) {\n      delivery {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.TestChannelDocument,
    "\n  mutation ReplayDelivery($input: ReplayDeliveryInput!) {\n    replayDelivery(input: $input) {\n      delivery {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.ReplayDeliveryDocument,
    "\n  mutation ReplayFailedDeliveries($input: ReplayFailedDeliveriesInput!) {\n    replayFailedDeliveries(input: $input) {\n      count\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.ReplayFailedDeliveriesDocument,
    "\n  fragment ConnectLinkRow on ConnectLink {\n    id\n    clientName\n    state\n    usable\n    url\n    sentTo\n    createdBy\n    expiresAt\n    lastEventAt\n    accountCount\n    accounts {\n      id\n      username\n    }\n  }\n": typeof types.ConnectLinkRowFragmentDoc,
    "\n  query ConnectLinks($id: ID!, $first: Int!, $after: String) {\n    workspace(id: $id) {\n      id\n      viewerRole\n      connectLinks(first: $first, after: $after) {\n        totalCount\n        nodes {\n          ...ConnectLinkRow\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.ConnectLinksDocument,
    "\n  mutation CreateConnectLink($input: CreateConnectLinkInput!) {\n    createConnectLink(input: $input) {\n      link {\n        ...ConnectLinkRow\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.CreateConnectLinkDocument,
    "\n  mutation RevokeConnectLink($input: RevokeConnectLinkInput!) {\n    revokeConnectLink(input: $input) {\n      link {\n        id\n        state\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.RevokeConnectLinkDocument,
    "\n  query Providers {\n    providers\n  }\n": typeof types.ProvidersDocument,
    "\n  mutation StartConnect($input: StartConnectInput!) {\n    startConnect(input: $input) {\n      authorizationUrl\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.StartConnectDocument,
    "\n  query ConnectSession($id: ID!) {\n    connectSession(id: $id) {\n      id\n      provider\n      grantedBy\n      missingScopes\n      expiresAt\n      workspace {\n        id\n        name\n      }\n      candidates {\n        ...Candidate\n      }\n    }\n  }\n": typeof types.ConnectSessionDocument,
    "\n  fragment Candidate on ConnectCandidate {\n    instagramId\n    username\n    name\n    pageName\n    followersCount\n    state\n    remedy\n  }\n": typeof types.CandidateFragmentDoc,
    "\n  mutation ChooseAccounts($input: ChooseAccountsInput!) {\n    chooseAccounts(input: $input) {\n      accounts {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.ChooseAccountsDocument,
    "\n  query AccountRuns($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      runs(first: $first, after: $after) {\n        nodes {\n          id\n          job\n          status\n          reason\n          startedAt\n          finishedAt\n          calls\n          stored\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.AccountRunsDocument,
    "\n  query AccountRefreshLog($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      refreshLog(first: $first, after: $after) {\n        nodes {\n          id\n          trigger\n          outcome\n          errorClass\n          code\n          subcode\n          startedAt\n          oldExpiresAt\n          newExpiresAt\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.AccountRefreshLogDocument,
    "\n  query AccountIncidents($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      incidents(first: $first, after: $after) {\n        nodes {\n          ...IncidentItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.AccountIncidentsDocument,
    "\n  query AccountReconnectLinks($id: ID!) {\n    account(id: $id) {\n      id\n      reconnectLinks {\n        id\n        state\n        createdAt\n        expiresAt\n        sentTo\n        url\n        lastEventAt\n      }\n    }\n  }\n": typeof types.AccountReconnectLinksDocument,
    "\n  mutation RevokeReconnectLink($input: RevokeReconnectLinkInput!) {\n    revokeReconnectLink(input: $input) {\n      link {\n        id\n        state\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.RevokeReconnectLinkDocument,
    "\n  query WorkspaceIncidents($id: ID!, $first: Int!, $after: String, $open: Boolean) {\n    workspace(id: $id) {\n      id\n      incidents(first: $first, after: $after, open: $open) {\n        totalCount\n        nodes {\n          ...IncidentItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.WorkspaceIncidentsDocument,
    "\n  query Metrics {\n    metrics {\n      metric\n      label\n      help\n      counts\n      headline\n      lastDays\n    }\n  }\n": typeof types.MetricsDocument,
    "\n  query Insights(\n    $id: ID!\n    $metrics: [Metric!]!\n    $from: Date!\n    $to: Date!\n    $previousFrom: Date!\n    $previousTo: Date!\n  ) {\n    account(id: $id) {\n      id\n      insights(metrics: $metrics, from: $from, to: $to) {\n        metric\n        days\n        values\n        states\n        total\n      }\n      previous: insights(metrics: $metrics, from: $previousFrom, to: $previousTo) {\n        metric\n        values\n      }\n    }\n  }\n": typeof types.InsightsDocument,
    "\n  query SeriesPoints($id: ID!, $metric: Metric!, $from: Date!, $to: Date!) {\n    account(id: $id) {\n      id\n      insights(metrics: [$metric], from: $from, to: $to) {\n        metric\n        points {\n          day\n          value\n          state\n          collectedAt\n          revisions {\n            oldValue\n          }\n        }\n      }\n    }\n  }\n": typeof types.SeriesPointsDocument,
    "\n  query AccountMedia($id: ID!, $pageSize: Int!, $after: String, $kind: MediaKind, $sort: MediaMetric) {\n    account(id: $id) {\n      id\n      mediaCollectedAt\n      storyGaps {\n        from\n        to\n      }\n      media(first: $pageSize, after: $after, kind: $kind, sort: $sort) {\n        totalCount\n        nodes {\n          ...MediaItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.AccountMediaDocument,
    "\n  fragment MediaItem on Media {\n    id\n    kind\n    format\n    caption\n    permalink\n    postedAt\n    readAt\n    goneAt\n    storyState\n    storyEndsAt\n    metrics {\n      metric\n      value\n      state\n      collectedAt\n    }\n  }\n": typeof types.MediaItemFragmentDoc,
    "\n  query MediaMetrics {\n    mediaMetrics {\n      metric\n      label\n      help\n      unit\n      headline\n      kinds\n    }\n  }\n": typeof types.MediaMetricsDocument,
    "\n  query IsOperator {\n    operator {\n      __typename\n    }\n  }\n": typeof types.IsOperatorDocument,
    "\n  query Operator {\n    operator {\n      workerSeenAt\n      oldestOverdueRefreshAt\n      monitor {\n        ...MonitorSettings\n        lastSweep {\n          begunAt\n          endedAt\n        }\n      }\n      queue {\n        kind\n        due\n        overdue\n        running\n        waiting\n        quarantined\n        oldestDueAt\n      }\n      brake {\n        isHolding\n        held\n        since\n        releasedUntil\n      }\n      accountsByState {\n        state\n        count\n      }\n      checks {\n        succeeded\n        failed\n        skipped\n        healed\n      }\n      refreshRates {\n        trigger\n        succeeded\n        failed\n        rate\n      }\n      outbox {\n        waiting\n        oldestAt\n      }\n    }\n  }\n": typeof types.OperatorDocument,
    "\n  query SetAside($first: Int!, $after: String) {\n    operator {\n      quarantinedJobs(first: $first, after: $after) {\n        totalCount\n        nodes {\n          id\n          kind\n          workspaceId\n          quarantinedAt\n          dueAt\n          attempts\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": typeof types.SetAsideDocument,
    "\n  fragment MonitorSettings on Monitor {\n    intervalMinutes\n    batchSize\n    autoHeal\n  }\n": typeof types.MonitorSettingsFragmentDoc,
    "\n  mutation UpdateMonitor($input: UpdateMonitorInput!) {\n    updateMonitor(input: $input) {\n      monitor {\n        ...MonitorSettings\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.UpdateMonitorDocument,
    "\n  mutation ReleaseJob($input: ReleaseJobInput!) {\n    releaseJob(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.ReleaseJobDocument,
    "\n  mutation ReleaseBrake($input: ReleaseBrakeInput!) {\n    releaseBrake(input: $input) {\n      brake {\n        releasedUntil\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.ReleaseBrakeDocument,
    "\n  query Viewer {\n    viewer {\n      id\n      email\n      name\n      memberships {\n        role\n        wantsAlerts\n        workspace {\n          id\n          name\n        }\n      }\n    }\n  }\n": typeof types.ViewerDocument,
    "\n  query WorkspaceSummary($id: ID!) {\n    workspace(id: $id) {\n      id\n      name\n      viewerRole\n      tokenHealth {\n        total\n        ok\n        amber\n        red\n        openIncidents\n        refreshesSucceeded30d\n        refreshesFailed30d\n      }\n    }\n  }\n": typeof types.WorkspaceSummaryDocument,
    "\n  mutation CreateWorkspace($input: CreateWorkspaceInput!) {\n    createWorkspace(input: $input) {\n      workspace {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.CreateWorkspaceDocument,
    "\n  mutation UpdateAlerts($input: UpdateAlertsInput!) {\n    updateAlerts(input: $input) {\n      wantsAlerts\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": typeof types.UpdateAlertsDocument,
    "\n  mutation OpenWorkspace($input: OpenWorkspaceInput!) {\n    openWorkspace(input: $input) {\n      queued\n    }\n  }\n": typeof types.OpenWorkspaceDocument,
    "\n  mutation RefreshSession {\n    refreshSession {\n      session {\n        accessToken\n      }\n    }\n  }\n": typeof types.RefreshSessionDocument,
};
const documents: Documents = {
    "\n  fragment HealthPill on TokenHealth {\n    state\n    urgency\n    daysLeft\n  }\n": types.HealthPillFragmentDoc,
    "\n  fragment IncidentItem on Incident {\n    id\n    cause\n    explanation\n    openedAt\n    closedAt\n    account {\n      id\n      username\n    }\n    mails {\n      recipient\n      subject\n      state\n      queuedAt\n      sentAt\n    }\n  }\n": types.IncidentItemFragmentDoc,
    "\n  query Account($id: ID!) {\n    account(id: $id) {\n      id\n      ...AccountHeader\n      ...HealthPanel\n      ...ContactEmail\n      workspace {\n        id\n        viewerRole\n      }\n    }\n  }\n": types.AccountDocument,
    "\n  fragment AccountHeader on Account {\n    id\n    instagramId\n    username\n    name\n    followersCount\n    provider\n    page {\n      id\n      name\n    }\n    connectedAt\n    insightsCollectedAt\n    tokenHealth {\n      state\n    }\n  }\n": types.AccountHeaderFragmentDoc,
    "\n  fragment HealthPanel on Account {\n    id\n    username\n    contactEmail\n    provider\n    tokenHealth {\n      ...HealthPill\n      reason\n      explanation\n      nextStep\n      since\n      expiresAt\n      dataAccessExpiresAt\n      lastRefreshedAt\n      nextRefreshAt\n      nextAttemptAt\n      tokenValid\n      tokenVerifiedAt\n      insightsReadable\n      insightsReadAt\n      scopes\n      missingScopes\n    }\n  }\n": types.HealthPanelFragmentDoc,
    "\n  fragment ContactEmail on Account {\n    id\n    contactEmail\n  }\n": types.ContactEmailFragmentDoc,
    "\n  mutation StartReconnect($input: StartReconnectInput!) {\n    startReconnect(input: $input) {\n      authorizationUrl\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.StartReconnectDocument,
    "\n  mutation SendReconnectLink($input: SendReconnectLinkInput!) {\n    sendReconnectLink(input: $input) {\n      link {\n        id\n        sentTo\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.SendReconnectLinkDocument,
    "\n  mutation CreateReconnectLink($input: CreateReconnectLinkInput!) {\n    createReconnectLink(input: $input) {\n      link {\n        id\n        url\n        expiresAt\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.CreateReconnectLinkDocument,
    "\n  mutation RefreshToken($input: RefreshTokenInput!) {\n    refreshToken(input: $input) {\n      attempt {\n        id\n        outcome\n        newExpiresAt\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.RefreshTokenDocument,
    "\n  mutation CheckToken($input: CheckTokenInput!) {\n    checkToken(input: $input) {\n      account {\n        id\n        tokenHealth {\n          state\n        }\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.CheckTokenDocument,
    "\n  mutation CollectInsights($input: CollectInsightsInput!) {\n    collectInsights(input: $input) {\n      run {\n        id\n        status\n        reason\n        stored\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.CollectInsightsDocument,
    "\n  mutation UpdateAccountContact($input: UpdateAccountContactInput!) {\n    updateAccountContact(input: $input) {\n      account {\n        id\n        contactEmail\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.UpdateAccountContactDocument,
    "\n  mutation DisconnectAccount($input: DisconnectAccountInput!) {\n    disconnectAccount(input: $input) {\n      account {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.DisconnectAccountDocument,
    "\n  fragment AccountRow on Account {\n    id\n    username\n    name\n    followersCount\n    provider\n    page {\n      name\n    }\n    insightsCollectedAt\n    tokenHealth {\n      ...HealthPill\n      explanation\n      nextStep\n    }\n  }\n": types.AccountRowFragmentDoc,
    "\n  query Accounts($id: ID!, $first: Int!, $after: String, $filter: AccountFilter, $orderBy: AccountOrder) {\n    workspace(id: $id) {\n      id\n      accounts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n        totalCount\n        nodes {\n          ...AccountRow\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.AccountsDocument,
    "\n  query AccountsAttention($id: ID!) {\n    workspace(id: $id) {\n      id\n      viewerRole\n      tokenHealth {\n        total\n        ok\n        amber\n        red\n        openIncidents\n        byState {\n          state\n          count\n        }\n      }\n      urgent: accounts(first: 1, filter: { urgency: RED }, orderBy: URGENCY) {\n        nodes {\n          id\n          username\n          tokenHealth {\n            explanation\n            nextStep\n          }\n        }\n      }\n      soon: accounts(first: 100, filter: { urgency: AMBER }, orderBy: URGENCY) {\n        nodes {\n          id\n          username\n          tokenHealth {\n            daysLeft\n          }\n        }\n      }\n    }\n  }\n": types.AccountsAttentionDocument,
    "\n  query BrokenAccounts($id: ID!, $first: Int!, $search: String) {\n    workspace(id: $id) {\n      id\n      accounts(first: $first, filter: { urgency: RED, search: $search }, orderBy: USERNAME) {\n        totalCount\n        nodes {\n          id\n          username\n          contactEmail\n        }\n      }\n    }\n  }\n": types.BrokenAccountsDocument,
    "\n  mutation SendReconnectLinks($input: SendReconnectLinksInput!) {\n    sendReconnectLinks(input: $input) {\n      results {\n        accountId\n        link {\n          id\n          sentTo\n        }\n        error {\n          message\n        }\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.SendReconnectLinksDocument,
    "\n  query Audience($id: ID!, $kind: AudienceKind!) {\n    account(id: $id) {\n      id\n      audience(kind: $kind) {\n        day\n        state\n        collectedAt\n        countries {\n          ...Segment\n        }\n        cities {\n          ...Segment\n        }\n        ageGender {\n          ...AgeGender\n        }\n      }\n    }\n  }\n": types.AudienceDocument,
    "\n  fragment Segment on AudienceSegment {\n    key\n    value\n    share\n  }\n": types.SegmentFragmentDoc,
    "\n  fragment AgeGender on AgeGenderSegment {\n    age\n    gender\n    value\n    share\n  }\n": types.AgeGenderFragmentDoc,
    "\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.SignUpDocument,
    "\n  mutation ConfirmEmail($input: ConfirmEmailInput!) {\n    confirmEmail(input: $input) {\n      session {\n        accessToken\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.ConfirmEmailDocument,
    "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      session {\n        accessToken\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.SignInDocument,
    "\n  mutation SignOut {\n    signOut {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.SignOutDocument,
    "\n  fragment ChannelItem on Channel {\n    id\n    kind\n    name\n    address\n    events\n    disabledAt\n    disabledReason\n    failingSince\n    formerSecretValidUntil\n  }\n": types.ChannelItemFragmentDoc,
    "\n  query WorkspaceChannels($id: ID!) {\n    workspace(id: $id) {\n      id\n      channels {\n        ...ChannelItem\n      }\n    }\n  }\n": types.WorkspaceChannelsDocument,
    "\n  query OneChannel($id: ID!) {\n    channel(id: $id) {\n      ...ChannelItem\n    }\n  }\n": types.OneChannelDocument,
    "\n  query ChannelDeliveries($id: ID!, $first: Int!, $after: String, $state: DeliveryState) {\n    channel(id: $id) {\n      id\n      deliveries(first: $first, after: $after, state: $state) {\n        nodes {\n          id\n          eventId\n          event\n          state\n          attempts\n          createdAt\n          lastAttemptAt\n          nextAttemptAt\n          durationMs\n          statusCode\n          problem\n          answer\n          body\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.ChannelDeliveriesDocument,
    "\n  mutation CreateChannel($input: CreateChannelInput!) {\n    createChannel(input: $input) {\n      channel {\n        ...ChannelItem\n      }\n      signingSecret\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.CreateChannelDocument,
    "\n  mutation UpdateChannel($input: UpdateChannelInput!) {\n    updateChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.UpdateChannelDocument,
    "\n  mutation DeleteChannel($input: DeleteChannelInput!) {\n    deleteChannel(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.DeleteChannelDocument,
    "\n  mutation EnableChannel($input: EnableChannelInput!) {\n    enableChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.EnableChannelDocument,
    "\n  mutation DisableChannel($input: DisableChannelInput!) {\n    disableChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.DisableChannelDocument,
    "\n  mutation RotateChannelSecret($input: RotateChannelSecretInput!) {\n    rotateChannelSecret(input: $input) {\n      signingSecret\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.RotateChannelSecretDocument,
    "\n  mutation TestChannel($input: TestChannelInput!) {\n    testChannel(input: $input) {\n      delivery {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.TestChannelDocument,
    "\n  mutation ReplayDelivery($input: ReplayDeliveryInput!) {\n    replayDelivery(input: $input) {\n      delivery {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.ReplayDeliveryDocument,
    "\n  mutation ReplayFailedDeliveries($input: ReplayFailedDeliveriesInput!) {\n    replayFailedDeliveries(input: $input) {\n      count\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.ReplayFailedDeliveriesDocument,
    "\n  fragment ConnectLinkRow on ConnectLink {\n    id\n    clientName\n    state\n    usable\n    url\n    sentTo\n    createdBy\n    expiresAt\n    lastEventAt\n    accountCount\n    accounts {\n      id\n      username\n    }\n  }\n": types.ConnectLinkRowFragmentDoc,
    "\n  query ConnectLinks($id: ID!, $first: Int!, $after: String) {\n    workspace(id: $id) {\n      id\n      viewerRole\n      connectLinks(first: $first, after: $after) {\n        totalCount\n        nodes {\n          ...ConnectLinkRow\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.ConnectLinksDocument,
    "\n  mutation CreateConnectLink($input: CreateConnectLinkInput!) {\n    createConnectLink(input: $input) {\n      link {\n        ...ConnectLinkRow\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.CreateConnectLinkDocument,
    "\n  mutation RevokeConnectLink($input: RevokeConnectLinkInput!) {\n    revokeConnectLink(input: $input) {\n      link {\n        id\n        state\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.RevokeConnectLinkDocument,
    "\n  query Providers {\n    providers\n  }\n": types.ProvidersDocument,
    "\n  mutation StartConnect($input: StartConnectInput!) {\n    startConnect(input: $input) {\n      authorizationUrl\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.StartConnectDocument,
    "\n  query ConnectSession($id: ID!) {\n    connectSession(id: $id) {\n      id\n      provider\n      grantedBy\n      missingScopes\n      expiresAt\n      workspace {\n        id\n        name\n      }\n      candidates {\n        ...Candidate\n      }\n    }\n  }\n": types.ConnectSessionDocument,
    "\n  fragment Candidate on ConnectCandidate {\n    instagramId\n    username\n    name\n    pageName\n    followersCount\n    state\n    remedy\n  }\n": types.CandidateFragmentDoc,
    "\n  mutation ChooseAccounts($input: ChooseAccountsInput!) {\n    chooseAccounts(input: $input) {\n      accounts {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.ChooseAccountsDocument,
    "\n  query AccountRuns($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      runs(first: $first, after: $after) {\n        nodes {\n          id\n          job\n          status\n          reason\n          startedAt\n          finishedAt\n          calls\n          stored\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.AccountRunsDocument,
    "\n  query AccountRefreshLog($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      refreshLog(first: $first, after: $after) {\n        nodes {\n          id\n          trigger\n          outcome\n          errorClass\n          code\n          subcode\n          startedAt\n          oldExpiresAt\n          newExpiresAt\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.AccountRefreshLogDocument,
    "\n  query AccountIncidents($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      incidents(first: $first, after: $after) {\n        nodes {\n          ...IncidentItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.AccountIncidentsDocument,
    "\n  query AccountReconnectLinks($id: ID!) {\n    account(id: $id) {\n      id\n      reconnectLinks {\n        id\n        state\n        createdAt\n        expiresAt\n        sentTo\n        url\n        lastEventAt\n      }\n    }\n  }\n": types.AccountReconnectLinksDocument,
    "\n  mutation RevokeReconnectLink($input: RevokeReconnectLinkInput!) {\n    revokeReconnectLink(input: $input) {\n      link {\n        id\n        state\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.RevokeReconnectLinkDocument,
    "\n  query WorkspaceIncidents($id: ID!, $first: Int!, $after: String, $open: Boolean) {\n    workspace(id: $id) {\n      id\n      incidents(first: $first, after: $after, open: $open) {\n        totalCount\n        nodes {\n          ...IncidentItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.WorkspaceIncidentsDocument,
    "\n  query Metrics {\n    metrics {\n      metric\n      label\n      help\n      counts\n      headline\n      lastDays\n    }\n  }\n": types.MetricsDocument,
    "\n  query Insights(\n    $id: ID!\n    $metrics: [Metric!]!\n    $from: Date!\n    $to: Date!\n    $previousFrom: Date!\n    $previousTo: Date!\n  ) {\n    account(id: $id) {\n      id\n      insights(metrics: $metrics, from: $from, to: $to) {\n        metric\n        days\n        values\n        states\n        total\n      }\n      previous: insights(metrics: $metrics, from: $previousFrom, to: $previousTo) {\n        metric\n        values\n      }\n    }\n  }\n": types.InsightsDocument,
    "\n  query SeriesPoints($id: ID!, $metric: Metric!, $from: Date!, $to: Date!) {\n    account(id: $id) {\n      id\n      insights(metrics: [$metric], from: $from, to: $to) {\n        metric\n        points {\n          day\n          value\n          state\n          collectedAt\n          revisions {\n            oldValue\n          }\n        }\n      }\n    }\n  }\n": types.SeriesPointsDocument,
    "\n  query AccountMedia($id: ID!, $pageSize: Int!, $after: String, $kind: MediaKind, $sort: MediaMetric) {\n    account(id: $id) {\n      id\n      mediaCollectedAt\n      storyGaps {\n        from\n        to\n      }\n      media(first: $pageSize, after: $after, kind: $kind, sort: $sort) {\n        totalCount\n        nodes {\n          ...MediaItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.AccountMediaDocument,
    "\n  fragment MediaItem on Media {\n    id\n    kind\n    format\n    caption\n    permalink\n    postedAt\n    readAt\n    goneAt\n    storyState\n    storyEndsAt\n    metrics {\n      metric\n      value\n      state\n      collectedAt\n    }\n  }\n": types.MediaItemFragmentDoc,
    "\n  query MediaMetrics {\n    mediaMetrics {\n      metric\n      label\n      help\n      unit\n      headline\n      kinds\n    }\n  }\n": types.MediaMetricsDocument,
    "\n  query IsOperator {\n    operator {\n      __typename\n    }\n  }\n": types.IsOperatorDocument,
    "\n  query Operator {\n    operator {\n      workerSeenAt\n      oldestOverdueRefreshAt\n      monitor {\n        ...MonitorSettings\n        lastSweep {\n          begunAt\n          endedAt\n        }\n      }\n      queue {\n        kind\n        due\n        overdue\n        running\n        waiting\n        quarantined\n        oldestDueAt\n      }\n      brake {\n        isHolding\n        held\n        since\n        releasedUntil\n      }\n      accountsByState {\n        state\n        count\n      }\n      checks {\n        succeeded\n        failed\n        skipped\n        healed\n      }\n      refreshRates {\n        trigger\n        succeeded\n        failed\n        rate\n      }\n      outbox {\n        waiting\n        oldestAt\n      }\n    }\n  }\n": types.OperatorDocument,
    "\n  query SetAside($first: Int!, $after: String) {\n    operator {\n      quarantinedJobs(first: $first, after: $after) {\n        totalCount\n        nodes {\n          id\n          kind\n          workspaceId\n          quarantinedAt\n          dueAt\n          attempts\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n": types.SetAsideDocument,
    "\n  fragment MonitorSettings on Monitor {\n    intervalMinutes\n    batchSize\n    autoHeal\n  }\n": types.MonitorSettingsFragmentDoc,
    "\n  mutation UpdateMonitor($input: UpdateMonitorInput!) {\n    updateMonitor(input: $input) {\n      monitor {\n        ...MonitorSettings\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.UpdateMonitorDocument,
    "\n  mutation ReleaseJob($input: ReleaseJobInput!) {\n    releaseJob(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.ReleaseJobDocument,
    "\n  mutation ReleaseBrake($input: ReleaseBrakeInput!) {\n    releaseBrake(input: $input) {\n      brake {\n        releasedUntil\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.ReleaseBrakeDocument,
    "\n  query Viewer {\n    viewer {\n      id\n      email\n      name\n      memberships {\n        role\n        wantsAlerts\n        workspace {\n          id\n          name\n        }\n      }\n    }\n  }\n": types.ViewerDocument,
    "\n  query WorkspaceSummary($id: ID!) {\n    workspace(id: $id) {\n      id\n      name\n      viewerRole\n      tokenHealth {\n        total\n        ok\n        amber\n        red\n        openIncidents\n        refreshesSucceeded30d\n        refreshesFailed30d\n      }\n    }\n  }\n": types.WorkspaceSummaryDocument,
    "\n  mutation CreateWorkspace($input: CreateWorkspaceInput!) {\n    createWorkspace(input: $input) {\n      workspace {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.CreateWorkspaceDocument,
    "\n  mutation UpdateAlerts($input: UpdateAlertsInput!) {\n    updateAlerts(input: $input) {\n      wantsAlerts\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n": types.UpdateAlertsDocument,
    "\n  mutation OpenWorkspace($input: OpenWorkspaceInput!) {\n    openWorkspace(input: $input) {\n      queued\n    }\n  }\n": types.OpenWorkspaceDocument,
    "\n  mutation RefreshSession {\n    refreshSession {\n      session {\n        accessToken\n      }\n    }\n  }\n": types.RefreshSessionDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment HealthPill on TokenHealth {\n    state\n    urgency\n    daysLeft\n  }\n"): typeof import('./graphql').HealthPillFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment IncidentItem on Incident {\n    id\n    cause\n    explanation\n    openedAt\n    closedAt\n    account {\n      id\n      username\n    }\n    mails {\n      recipient\n      subject\n      state\n      queuedAt\n      sentAt\n    }\n  }\n"): typeof import('./graphql').IncidentItemFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Account($id: ID!) {\n    account(id: $id) {\n      id\n      ...AccountHeader\n      ...HealthPanel\n      ...ContactEmail\n      workspace {\n        id\n        viewerRole\n      }\n    }\n  }\n"): typeof import('./graphql').AccountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AccountHeader on Account {\n    id\n    instagramId\n    username\n    name\n    followersCount\n    provider\n    page {\n      id\n      name\n    }\n    connectedAt\n    insightsCollectedAt\n    tokenHealth {\n      state\n    }\n  }\n"): typeof import('./graphql').AccountHeaderFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment HealthPanel on Account {\n    id\n    username\n    contactEmail\n    provider\n    tokenHealth {\n      ...HealthPill\n      reason\n      explanation\n      nextStep\n      since\n      expiresAt\n      dataAccessExpiresAt\n      lastRefreshedAt\n      nextRefreshAt\n      nextAttemptAt\n      tokenValid\n      tokenVerifiedAt\n      insightsReadable\n      insightsReadAt\n      scopes\n      missingScopes\n    }\n  }\n"): typeof import('./graphql').HealthPanelFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ContactEmail on Account {\n    id\n    contactEmail\n  }\n"): typeof import('./graphql').ContactEmailFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartReconnect($input: StartReconnectInput!) {\n    startReconnect(input: $input) {\n      authorizationUrl\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').StartReconnectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendReconnectLink($input: SendReconnectLinkInput!) {\n    sendReconnectLink(input: $input) {\n      link {\n        id\n        sentTo\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').SendReconnectLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateReconnectLink($input: CreateReconnectLinkInput!) {\n    createReconnectLink(input: $input) {\n      link {\n        id\n        url\n        expiresAt\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').CreateReconnectLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RefreshToken($input: RefreshTokenInput!) {\n    refreshToken(input: $input) {\n      attempt {\n        id\n        outcome\n        newExpiresAt\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').RefreshTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CheckToken($input: CheckTokenInput!) {\n    checkToken(input: $input) {\n      account {\n        id\n        tokenHealth {\n          state\n        }\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').CheckTokenDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CollectInsights($input: CollectInsightsInput!) {\n    collectInsights(input: $input) {\n      run {\n        id\n        status\n        reason\n        stored\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').CollectInsightsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateAccountContact($input: UpdateAccountContactInput!) {\n    updateAccountContact(input: $input) {\n      account {\n        id\n        contactEmail\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateAccountContactDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisconnectAccount($input: DisconnectAccountInput!) {\n    disconnectAccount(input: $input) {\n      account {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').DisconnectAccountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AccountRow on Account {\n    id\n    username\n    name\n    followersCount\n    provider\n    page {\n      name\n    }\n    insightsCollectedAt\n    tokenHealth {\n      ...HealthPill\n      explanation\n      nextStep\n    }\n  }\n"): typeof import('./graphql').AccountRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Accounts($id: ID!, $first: Int!, $after: String, $filter: AccountFilter, $orderBy: AccountOrder) {\n    workspace(id: $id) {\n      id\n      accounts(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {\n        totalCount\n        nodes {\n          ...AccountRow\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AccountsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountsAttention($id: ID!) {\n    workspace(id: $id) {\n      id\n      viewerRole\n      tokenHealth {\n        total\n        ok\n        amber\n        red\n        openIncidents\n        byState {\n          state\n          count\n        }\n      }\n      urgent: accounts(first: 1, filter: { urgency: RED }, orderBy: URGENCY) {\n        nodes {\n          id\n          username\n          tokenHealth {\n            explanation\n            nextStep\n          }\n        }\n      }\n      soon: accounts(first: 100, filter: { urgency: AMBER }, orderBy: URGENCY) {\n        nodes {\n          id\n          username\n          tokenHealth {\n            daysLeft\n          }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AccountsAttentionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BrokenAccounts($id: ID!, $first: Int!, $search: String) {\n    workspace(id: $id) {\n      id\n      accounts(first: $first, filter: { urgency: RED, search: $search }, orderBy: USERNAME) {\n        totalCount\n        nodes {\n          id\n          username\n          contactEmail\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').BrokenAccountsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendReconnectLinks($input: SendReconnectLinksInput!) {\n    sendReconnectLinks(input: $input) {\n      results {\n        accountId\n        link {\n          id\n          sentTo\n        }\n        error {\n          message\n        }\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').SendReconnectLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Audience($id: ID!, $kind: AudienceKind!) {\n    account(id: $id) {\n      id\n      audience(kind: $kind) {\n        day\n        state\n        collectedAt\n        countries {\n          ...Segment\n        }\n        cities {\n          ...Segment\n        }\n        ageGender {\n          ...AgeGender\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AudienceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Segment on AudienceSegment {\n    key\n    value\n    share\n  }\n"): typeof import('./graphql').SegmentFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment AgeGender on AgeGenderSegment {\n    age\n    gender\n    value\n    share\n  }\n"): typeof import('./graphql').AgeGenderFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignUp($input: SignUpInput!) {\n    signUp(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').SignUpDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ConfirmEmail($input: ConfirmEmailInput!) {\n    confirmEmail(input: $input) {\n      session {\n        accessToken\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').ConfirmEmailDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignIn($input: SignInInput!) {\n    signIn(input: $input) {\n      session {\n        accessToken\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').SignInDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SignOut {\n    signOut {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').SignOutDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ChannelItem on Channel {\n    id\n    kind\n    name\n    address\n    events\n    disabledAt\n    disabledReason\n    failingSince\n    formerSecretValidUntil\n  }\n"): typeof import('./graphql').ChannelItemFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WorkspaceChannels($id: ID!) {\n    workspace(id: $id) {\n      id\n      channels {\n        ...ChannelItem\n      }\n    }\n  }\n"): typeof import('./graphql').WorkspaceChannelsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OneChannel($id: ID!) {\n    channel(id: $id) {\n      ...ChannelItem\n    }\n  }\n"): typeof import('./graphql').OneChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ChannelDeliveries($id: ID!, $first: Int!, $after: String, $state: DeliveryState) {\n    channel(id: $id) {\n      id\n      deliveries(first: $first, after: $after, state: $state) {\n        nodes {\n          id\n          eventId\n          event\n          state\n          attempts\n          createdAt\n          lastAttemptAt\n          nextAttemptAt\n          durationMs\n          statusCode\n          problem\n          answer\n          body\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ChannelDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateChannel($input: CreateChannelInput!) {\n    createChannel(input: $input) {\n      channel {\n        ...ChannelItem\n      }\n      signingSecret\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').CreateChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateChannel($input: UpdateChannelInput!) {\n    updateChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteChannel($input: DeleteChannelInput!) {\n    deleteChannel(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').DeleteChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation EnableChannel($input: EnableChannelInput!) {\n    enableChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').EnableChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DisableChannel($input: DisableChannelInput!) {\n    disableChannel(input: $input) {\n      channel {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').DisableChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RotateChannelSecret($input: RotateChannelSecretInput!) {\n    rotateChannelSecret(input: $input) {\n      signingSecret\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').RotateChannelSecretDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestChannel($input: TestChannelInput!) {\n    testChannel(input: $input) {\n      delivery {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').TestChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReplayDelivery($input: ReplayDeliveryInput!) {\n    replayDelivery(input: $input) {\n      delivery {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').ReplayDeliveryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReplayFailedDeliveries($input: ReplayFailedDeliveriesInput!) {\n    replayFailedDeliveries(input: $input) {\n      count\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').ReplayFailedDeliveriesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ConnectLinkRow on ConnectLink {\n    id\n    clientName\n    state\n    usable\n    url\n    sentTo\n    createdBy\n    expiresAt\n    lastEventAt\n    accountCount\n    accounts {\n      id\n      username\n    }\n  }\n"): typeof import('./graphql').ConnectLinkRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConnectLinks($id: ID!, $first: Int!, $after: String) {\n    workspace(id: $id) {\n      id\n      viewerRole\n      connectLinks(first: $first, after: $after) {\n        totalCount\n        nodes {\n          ...ConnectLinkRow\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ConnectLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateConnectLink($input: CreateConnectLinkInput!) {\n    createConnectLink(input: $input) {\n      link {\n        ...ConnectLinkRow\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').CreateConnectLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeConnectLink($input: RevokeConnectLinkInput!) {\n    revokeConnectLink(input: $input) {\n      link {\n        id\n        state\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').RevokeConnectLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Providers {\n    providers\n  }\n"): typeof import('./graphql').ProvidersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation StartConnect($input: StartConnectInput!) {\n    startConnect(input: $input) {\n      authorizationUrl\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').StartConnectDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ConnectSession($id: ID!) {\n    connectSession(id: $id) {\n      id\n      provider\n      grantedBy\n      missingScopes\n      expiresAt\n      workspace {\n        id\n        name\n      }\n      candidates {\n        ...Candidate\n      }\n    }\n  }\n"): typeof import('./graphql').ConnectSessionDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Candidate on ConnectCandidate {\n    instagramId\n    username\n    name\n    pageName\n    followersCount\n    state\n    remedy\n  }\n"): typeof import('./graphql').CandidateFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ChooseAccounts($input: ChooseAccountsInput!) {\n    chooseAccounts(input: $input) {\n      accounts {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').ChooseAccountsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountRuns($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      runs(first: $first, after: $after) {\n        nodes {\n          id\n          job\n          status\n          reason\n          startedAt\n          finishedAt\n          calls\n          stored\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AccountRunsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountRefreshLog($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      refreshLog(first: $first, after: $after) {\n        nodes {\n          id\n          trigger\n          outcome\n          errorClass\n          code\n          subcode\n          startedAt\n          oldExpiresAt\n          newExpiresAt\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AccountRefreshLogDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountIncidents($id: ID!, $first: Int!, $after: String) {\n    account(id: $id) {\n      id\n      incidents(first: $first, after: $after) {\n        nodes {\n          ...IncidentItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AccountIncidentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountReconnectLinks($id: ID!) {\n    account(id: $id) {\n      id\n      reconnectLinks {\n        id\n        state\n        createdAt\n        expiresAt\n        sentTo\n        url\n        lastEventAt\n      }\n    }\n  }\n"): typeof import('./graphql').AccountReconnectLinksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeReconnectLink($input: RevokeReconnectLinkInput!) {\n    revokeReconnectLink(input: $input) {\n      link {\n        id\n        state\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').RevokeReconnectLinkDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WorkspaceIncidents($id: ID!, $first: Int!, $after: String, $open: Boolean) {\n    workspace(id: $id) {\n      id\n      incidents(first: $first, after: $after, open: $open) {\n        totalCount\n        nodes {\n          ...IncidentItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').WorkspaceIncidentsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Metrics {\n    metrics {\n      metric\n      label\n      help\n      counts\n      headline\n      lastDays\n    }\n  }\n"): typeof import('./graphql').MetricsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Insights(\n    $id: ID!\n    $metrics: [Metric!]!\n    $from: Date!\n    $to: Date!\n    $previousFrom: Date!\n    $previousTo: Date!\n  ) {\n    account(id: $id) {\n      id\n      insights(metrics: $metrics, from: $from, to: $to) {\n        metric\n        days\n        values\n        states\n        total\n      }\n      previous: insights(metrics: $metrics, from: $previousFrom, to: $previousTo) {\n        metric\n        values\n      }\n    }\n  }\n"): typeof import('./graphql').InsightsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SeriesPoints($id: ID!, $metric: Metric!, $from: Date!, $to: Date!) {\n    account(id: $id) {\n      id\n      insights(metrics: [$metric], from: $from, to: $to) {\n        metric\n        points {\n          day\n          value\n          state\n          collectedAt\n          revisions {\n            oldValue\n          }\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').SeriesPointsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query AccountMedia($id: ID!, $pageSize: Int!, $after: String, $kind: MediaKind, $sort: MediaMetric) {\n    account(id: $id) {\n      id\n      mediaCollectedAt\n      storyGaps {\n        from\n        to\n      }\n      media(first: $pageSize, after: $after, kind: $kind, sort: $sort) {\n        totalCount\n        nodes {\n          ...MediaItem\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').AccountMediaDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MediaItem on Media {\n    id\n    kind\n    format\n    caption\n    permalink\n    postedAt\n    readAt\n    goneAt\n    storyState\n    storyEndsAt\n    metrics {\n      metric\n      value\n      state\n      collectedAt\n    }\n  }\n"): typeof import('./graphql').MediaItemFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MediaMetrics {\n    mediaMetrics {\n      metric\n      label\n      help\n      unit\n      headline\n      kinds\n    }\n  }\n"): typeof import('./graphql').MediaMetricsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query IsOperator {\n    operator {\n      __typename\n    }\n  }\n"): typeof import('./graphql').IsOperatorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Operator {\n    operator {\n      workerSeenAt\n      oldestOverdueRefreshAt\n      monitor {\n        ...MonitorSettings\n        lastSweep {\n          begunAt\n          endedAt\n        }\n      }\n      queue {\n        kind\n        due\n        overdue\n        running\n        waiting\n        quarantined\n        oldestDueAt\n      }\n      brake {\n        isHolding\n        held\n        since\n        releasedUntil\n      }\n      accountsByState {\n        state\n        count\n      }\n      checks {\n        succeeded\n        failed\n        skipped\n        healed\n      }\n      refreshRates {\n        trigger\n        succeeded\n        failed\n        rate\n      }\n      outbox {\n        waiting\n        oldestAt\n      }\n    }\n  }\n"): typeof import('./graphql').OperatorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query SetAside($first: Int!, $after: String) {\n    operator {\n      quarantinedJobs(first: $first, after: $after) {\n        totalCount\n        nodes {\n          id\n          kind\n          workspaceId\n          quarantinedAt\n          dueAt\n          attempts\n        }\n        pageInfo {\n          hasNextPage\n          endCursor\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').SetAsideDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MonitorSettings on Monitor {\n    intervalMinutes\n    batchSize\n    autoHeal\n  }\n"): typeof import('./graphql').MonitorSettingsFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateMonitor($input: UpdateMonitorInput!) {\n    updateMonitor(input: $input) {\n      monitor {\n        ...MonitorSettings\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateMonitorDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReleaseJob($input: ReleaseJobInput!) {\n    releaseJob(input: $input) {\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').ReleaseJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ReleaseBrake($input: ReleaseBrakeInput!) {\n    releaseBrake(input: $input) {\n      brake {\n        releasedUntil\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').ReleaseBrakeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewer {\n    viewer {\n      id\n      email\n      name\n      memberships {\n        role\n        wantsAlerts\n        workspace {\n          id\n          name\n        }\n      }\n    }\n  }\n"): typeof import('./graphql').ViewerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query WorkspaceSummary($id: ID!) {\n    workspace(id: $id) {\n      id\n      name\n      viewerRole\n      tokenHealth {\n        total\n        ok\n        amber\n        red\n        openIncidents\n        refreshesSucceeded30d\n        refreshesFailed30d\n      }\n    }\n  }\n"): typeof import('./graphql').WorkspaceSummaryDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateWorkspace($input: CreateWorkspaceInput!) {\n    createWorkspace(input: $input) {\n      workspace {\n        id\n      }\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').CreateWorkspaceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateAlerts($input: UpdateAlertsInput!) {\n    updateAlerts(input: $input) {\n      wantsAlerts\n      userErrors {\n        path\n        code\n        message\n      }\n    }\n  }\n"): typeof import('./graphql').UpdateAlertsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation OpenWorkspace($input: OpenWorkspaceInput!) {\n    openWorkspace(input: $input) {\n      queued\n    }\n  }\n"): typeof import('./graphql').OpenWorkspaceDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RefreshSession {\n    refreshSession {\n      session {\n        accessToken\n      }\n    }\n  }\n"): typeof import('./graphql').RefreshSessionDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
