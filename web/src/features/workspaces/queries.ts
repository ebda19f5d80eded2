import { queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { refreshSession } from '@/lib/session';

const ViewerQuery = graphql(`
  query Viewer {
    viewer {
      id
      email
      name
      memberships {
        role
        wantsAlerts
        workspace {
          id
          name
        }
      }
    }
  }
`);

const WorkspaceSummary = graphql(`
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
`);

export const CreateWorkspace = graphql(`
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
`);

export const UpdateAlerts = graphql(`
  mutation UpdateAlerts($input: UpdateAlertsInput!) {
    updateAlerts(input: $input) {
      wantsAlerts
      userErrors {
        path
        code
        message
      }
    }
  }
`);

const OpenWorkspace = graphql(`
  mutation OpenWorkspace($input: OpenWorkspaceInput!) {
    openWorkspace(input: $input) {
      queued
    }
  }
`);

/** Says that somebody looks: what ends within days is then renewed at once. What goes wrong is no matter. */
export const sayOpened = (workspaceId: string): Promise<unknown> =>
  execute(OpenWorkspace, { input: { workspaceId } }).catch(() => undefined);

export const viewerQuery = queryOptions({
  queryKey: keys.viewer,
  queryFn: async () => {
    const { viewer } = await execute(ViewerQuery);
    // Nobody, although this page has a session: the access token ran out. Renew it and ask again.
    if (viewer || !(await refreshSession())) return viewer;
    return (await execute(ViewerQuery)).viewer;
  },
  staleTime: 60_000,
});

export const summaryQuery = (id: string) =>
  queryOptions({
    queryKey: keys.workspace(id, 'summary'),
    queryFn: async () => (await execute(WorkspaceSummary, { id })).workspace,
    refetchInterval: LIVE_MS,
  });
