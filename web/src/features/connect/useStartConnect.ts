import type { Provider } from '@/gql/graphql';
import { leaveForDialog } from '@/lib/dialogStart';
import { execute } from '@/lib/graphql';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { StartConnect } from './queries';

/** Leaves for the dialog of a login. A failure there leads back to the page that offers the logins. */
export function useStartConnect(workspaceId: string) {
  return useAction({
    run: async (provider: Provider) =>
      (await execute(StartConnect, { input: { workspaceId, provider } })).startConnect,
    done: ({ authorizationUrl }) => {
      if (authorizationUrl) leaveForDialog(authorizationUrl, paths.connect(workspaceId));
    },
  });
}
