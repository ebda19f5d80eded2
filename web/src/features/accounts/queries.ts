import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import type { AccountFilter, AccountOrder } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 50;
/** Beyond this many pages the list is read again only on demand; the counts above it stay live. */
const LIVE_PAGES = 2;

graphql(`
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
`);

const AccountsQuery = graphql(`
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
`);

const AttentionQuery = graphql(`
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
      urgent: accounts(first: 1, filter: { urgency: RED }, orderBy: URGENCY) {
        nodes {
          id
          username
          tokenHealth {
            explanation
            nextStep
          }
        }
      }
      soon: accounts(first: 100, filter: { urgency: AMBER }, orderBy: URGENCY) {
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
`);

export const accountsQuery = (workspaceId: string, filter: AccountFilter, orderBy: AccountOrder) =>
  infiniteQueryOptions({
    queryKey: keys.workspace(workspaceId, 'accounts', filter, orderBy),
    queryFn: async ({ pageParam }) => {
      const after = pageParam;
      const answer = await execute(AccountsQuery, {
        id: workspaceId,
        first: PAGE_SIZE,
        after,
        filter,
        orderBy,
      });
      return answer.workspace?.accounts ?? null;
    },
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= LIVE_PAGES ? LIVE_MS : false),
  });

export const attentionQuery = (workspaceId: string) =>
  queryOptions({
    queryKey: keys.workspace(workspaceId, 'attention'),
    queryFn: async () => (await execute(AttentionQuery, { id: workspaceId })).workspace,
    refetchInterval: LIVE_MS,
  });
