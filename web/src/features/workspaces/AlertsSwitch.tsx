import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { FormNotice } from '@/components/ErrorNotice';
import { useToast } from '@/components/Toasts';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { queryClient } from '@/lib/queryClient';
import { useAction } from '@/lib/useAction';
import { UpdateAlerts, viewerQuery } from './queries';

/** Whether the signed-in person gets a mail when an account of this workspace needs its owner. */
export function AlertsSwitch() {
  const { workspaceId = '' } = useParams();
  const say = useToast();
  const viewer = useQuery(viewerQuery).data;
  const membership = viewer?.memberships.find(({ workspace }) => workspace.id === workspaceId);
  const update = useAction({
    run: async (wantsAlerts: boolean) =>
      (await execute(UpdateAlerts, { input: { workspaceId, wantsAlerts } })).updateAlerts,
    done: async ({ wantsAlerts }) => {
      await queryClient.invalidateQueries({ queryKey: keys.viewer });
      say(wantsAlerts ? 'Incidents are mailed to you.' : 'Incidents are no longer mailed to you.');
    },
  });
  if (!membership || !viewer) return null;

  return (
    <div className="stack stack-tight">
      <label className="row small">
        <input
          type="checkbox"
          checked={membership.wantsAlerts}
          disabled={update.busy}
          onChange={(event) => update.start(event.target.checked)}
        />
        <span>Mail me about incidents ({viewer.email})</span>
      </label>
      <FormNotice messages={update.errors.top} />
    </div>
  );
}
