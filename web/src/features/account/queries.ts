import { queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';

const AccountQuery = graphql(`
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
`);

graphql(`
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
`);

graphql(`
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
`);

graphql(`
  fragment ContactEmail on Account {
    id
    contactEmail
  }
`);

export const StartReconnect = graphql(`
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
`);

export const SendReconnectLink = graphql(`
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
`);

export const CreateReconnectLink = graphql(`
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
`);

export const RefreshToken = graphql(`
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
`);

export const CheckToken = graphql(`
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
`);

export const CollectInsights = graphql(`
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
`);

export const UpdateAccountContact = graphql(`
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
`);

export const DisconnectAccount = graphql(`
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
`);

export const accountQuery = (id: string) =>
  queryOptions({
    queryKey: keys.account(id, 'overview'),
    queryFn: async () => (await execute(AccountQuery, { id })).account,
    refetchInterval: LIVE_MS,
  });
