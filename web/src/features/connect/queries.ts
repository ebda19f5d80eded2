import { queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';

const ProvidersQuery = graphql(`
  query Providers {
    providers
  }
`);

export const StartConnect = graphql(`
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
`);

const ConnectSessionQuery = graphql(`
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
`);

graphql(`
  fragment Candidate on ConnectCandidate {
    instagramId
    username
    name
    pageName
    followersCount
    state
    remedy
  }
`);

export const ChooseAccounts = graphql(`
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
`);

export const providersQuery = queryOptions({
  queryKey: keys.catalogue('providers'),
  queryFn: async () => (await execute(ProvidersQuery)).providers,
  staleTime: Number.POSITIVE_INFINITY,
});

export const connectSessionQuery = (id: string) =>
  queryOptions({
    queryKey: keys.connectSession(id),
    queryFn: async () => (await execute(ConnectSessionQuery, { id })).connectSession,
    staleTime: Number.POSITIVE_INFINITY,
  });
