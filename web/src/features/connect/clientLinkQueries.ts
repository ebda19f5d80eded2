import { infiniteQueryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 20;

graphql(`
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
`);

const ConnectLinksQuery = graphql(`
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
`);

export const CreateConnectLink = graphql(`
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
`);

export const RevokeConnectLink = graphql(`
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
`);

export const connectLinksKey = (workspaceId: string) => keys.workspace(workspaceId, 'connect-links');

export const connectLinksQuery = (workspaceId: string) =>
  infiniteQueryOptions({
    queryKey: connectLinksKey(workspaceId),
    queryFn: async ({ pageParam: after }) =>
      (await execute(ConnectLinksQuery, { id: workspaceId, first: PAGE_SIZE, after })).workspace,
    initialPageParam: null as string | null,
    getNextPageParam: (page) => nextCursor(page?.connectLinks ?? null),
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? LIVE_MS : false),
  });
