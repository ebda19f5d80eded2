import { useState } from 'react';
import { Link } from 'react-router';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { AccountHeaderFragment, Role } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { accountChanged } from '@/lib/keys';
import { formatCount, plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { mayAdminister, mayOperate } from '@/lib/roles';
import { useAction } from '@/lib/useAction';
import { providerLabels, runReasonLabel } from '@/lib/words';
import { DisconnectDialog } from './DisconnectDialog';
import { CollectInsights } from './queries';

type AccountHeaderProps = { account: AccountHeaderFragment; workspaceId: string; role: Role };

export function AccountHeader({ account, workspaceId, role }: AccountHeaderProps) {
  const say = useToast();
  const [leaving, setLeaving] = useState(false);
  const connected = account.tokenHealth.state !== 'DISCONNECTED';

  const collect = useAction({
    run: async () => (await execute(CollectInsights, { input: { accountId: account.id } })).collectInsights,
    done: async ({ run }) => {
      if (run?.status === 'SUCCEEDED')
        say(`Collected ${plural(run.stored, 'value')} for @${account.username}.`);
      else if (run?.reason) {
        const reason = runReasonLabel(run.reason);
        // Work that ends early keeps what it has.
        say(
          run.stored > 0
            ? `Collected ${plural(run.stored, 'value')}, then it stopped: ${reason}.`
            : `Nothing was collected: ${reason}.`,
        );
      } else say('Collecting has begun.');
      await accountChanged(account.id);
    },
  });

  return (
    <header className="stack stack-tight">
      <nav aria-label="Breadcrumb" className="small">
        <Link to={paths.accounts(workspaceId)}>Accounts</Link>
      </nav>
      <div className="page-head">
        <div>
          <PageTitle>{`@${account.username}`}</PageTitle>
          <p className="soft">
            {[
              account.name,
              providerLabels[account.provider] + (account.page ? `, Page ${account.page.name}` : ''),
              account.followersCount != null && `${formatCount(account.followersCount)} followers`,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          <p className="muted small">
            Connected <Time at={account.connectedAt} relative /> · insights collected{' '}
            <Time at={account.insightsCollectedAt} relative missing="not yet" />
          </p>
        </div>
        <div className="row">
          {mayOperate(role) && connected && (
            <Button busy={collect.busy} onClick={() => collect.start(undefined)}>
              {collect.busy ? 'Collecting…' : 'Collect now'}
            </Button>
          )}
          {mayAdminister(role) && connected && (
            <Button look="danger" onClick={() => setLeaving(true)}>
              Disconnect
            </Button>
          )}
        </div>
      </div>
      <FormNotice messages={collect.errors.top} />
      {leaving && (
        <DisconnectDialog account={account} workspaceId={workspaceId} onClose={() => setLeaving(false)} />
      )}
    </header>
  );
}
