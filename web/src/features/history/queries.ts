import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 20;
const firstPage = null as string | null;
/** The newest page stays live; whoever has loaded more reads at leisure. */
const liveFirstPage = ({ state }: { state: { data?: { pages: unknown[] } | undefined } }) =>
  (state.data?.pages.length ?? 0) <= 1 ? LIVE_MS : (false as const);

const RunsQuery = graphql(`
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
`);

const RefreshLogQuery = graphql(`
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
`);

const IncidentsQuery = graphql(`
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
`);

const LinksQuery = graphql(`
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
`);

export const RevokeReconnectLink = graphql(`
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
`);

export const runsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.account(id, 'runs'),
    queryFn: async ({ pageParam: after }) =>
      (await execute(RunsQuery, { id, first: PAGE_SIZE, after })).account?.runs ?? null,
    initialPageParam: firstPage,
    getNextPageParam: nextCursor,
    refetchInterval: liveFirstPage,
  });

export const refreshLogQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.account(id, 'refresh-log'),
    queryFn: async ({ pageParam: after }) =>
      (await execute(RefreshLogQuery, { id, first: PAGE_SIZE, after })).account?.refreshLog ?? null,
    initialPageParam: firstPage,
    getNextPageParam: nextCursor,
    refetchInterval: liveFirstPage,
  });

export const accountIncidentsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: keys.account(id, 'incidents'),
    queryFn: async ({ pageParam: after }) =>
      (await execute(IncidentsQuery, { id, first: PAGE_SIZE, after })).account?.incidents ?? null,
    initialPageParam: firstPage,
    getNextPageParam: nextCursor,
    refetchInterval: liveFirstPage,
  });

export const linksQuery = (id: string) =>
  queryOptions({
    queryKey: keys.account(id, 'links'),
    queryFn: async () => (await execute(LinksQuery, { id })).account?.reconnectLinks ?? [],
    refetchInterval: LIVE_MS,
  });
