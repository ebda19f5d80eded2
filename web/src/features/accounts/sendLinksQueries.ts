import { queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';

/** As many as one sending takes. */
const MOST = 100;

const BrokenAccountsQuery = graphql(`
  query BrokenAccounts($id: ID!, $first: Int!, $search: String) {
    workspace(id: $id) {
      id
      accounts(first: $first, filter: { urgency: RED, search: $search }, orderBy: USERNAME) {
        totalCount
        nodes {
          id
          username
          contactEmail
        }
      }
    }
  }
`);

export const SendReconnectLinks = graphql(`
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
`);

/** The accounts that need somebody, among those that are searched for. */
export const brokenAccountsQuery = (workspaceId: string, search: string) =>
  queryOptions({
    queryKey: keys.workspace(workspaceId, 'broken', search),
    queryFn: async () =>
      (await execute(BrokenAccountsQuery, { id: workspaceId, first: MOST, search: search || null })).workspace
        ?.accounts ?? null,
  });
