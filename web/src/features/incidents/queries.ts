import { infiniteQueryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 25;

const WorkspaceIncidentsQuery = graphql(`
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
`);

export const incidentsQuery = (workspaceId: string, open: boolean) =>
  infiniteQueryOptions({
    queryKey: keys.workspace(workspaceId, 'incidents', open),
    queryFn: async ({ pageParam: after }) =>
      (await execute(WorkspaceIncidentsQuery, { id: workspaceId, first: PAGE_SIZE, after, open })).workspace
        ?.incidents ?? null,
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
    refetchInterval: LIVE_MS,
  });
