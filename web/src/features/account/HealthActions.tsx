import { useState } from 'react';
import { Button } from '@/components/Button';
import { CopyField } from '@/components/CopyField';
import { FormNotice } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { useToast } from '@/components/Toasts';
import type { HealthPanelFragment } from '@/gql/graphql';
import { formatDate } from '@/lib/dates';
import { leaveForDialog } from '@/lib/dialogStart';
import { execute } from '@/lib/graphql';
import { accountChanged } from '@/lib/keys';
import { useAction } from '@/lib/useAction';
import { loginHelps, outcomeLabels, stateLabels } from '@/lib/words';
import { CheckToken, CreateReconnectLink, RefreshToken, SendReconnectLink, StartReconnect } from './queries';

export function HealthActions({ account }: { account: HealthPanelFragment }) {
  const say = useToast();
  const [link, setLink] = useState<string>();
  const accountId = account.id;
  const needsLogin = loginHelps(account.tokenHealth.nextStep);

  const reconnect = useAction({
    run: async () => (await execute(StartReconnect, { input: { accountId } })).startReconnect,
    done: ({ authorizationUrl }) => {
      if (authorizationUrl) leaveForDialog(authorizationUrl);
    },
  });
  const send = useAction({
    run: async () => (await execute(SendReconnectLink, { input: { accountId } })).sendReconnectLink,
    done: async ({ link }) => {
      say(
        `A new reconnect link is on its way${link?.sentTo ? ` to ${link.sentTo}` : ''}. Links from before no longer work.`,
      );
      await accountChanged(accountId);
    },
  });
  const create = useAction({
    run: async () => (await execute(CreateReconnectLink, { input: { accountId } })).createReconnectLink,
    done: async ({ link }) => {
      if (link?.url) {
        setLink(link.url);
        // A browser may refuse the clipboard after the wait; the field below the buttons still has the link.
        const copied = await navigator.clipboard?.writeText(link.url).then(
          () => true,
          () => false,
        );
        say(
          `${copied ? 'A new reconnect link is copied.' : 'A new reconnect link is made. Copy it from the field.'} Links from before no longer work.`,
        );
      }
      await accountChanged(accountId);
    },
  });
  const refresh = useAction({
    run: async () => (await execute(RefreshToken, { input: { accountId } })).refreshToken,
    done: async ({ attempt }) => {
      if (attempt?.outcome === 'SUCCEEDED' && attempt.newExpiresAt) {
        say(`Renewed. The access now lasts until ${formatDate(attempt.newExpiresAt)}.`);
      } else
        say(attempt ? `Renewal: ${outcomeLabels[attempt.outcome].toLowerCase()}.` : 'Renewal has begun.');
      await accountChanged(accountId);
    },
  });
  const check = useAction({
    run: async () => (await execute(CheckToken, { input: { accountId, force: true } })).checkToken,
    done: async ({ account }) => {
      say(
        account ? `Checked with Meta: ${stateLabels[account.tokenHealth.state].toLowerCase()}.` : 'Checked.',
      );
      await accountChanged(accountId);
    },
  });

  const actions = [reconnect, send, create, refresh, check];
  return (
    <div className="stack stack-tight">
      <FormNotice messages={actions.flatMap((action) => action.errors.top)} />
      <div className="row">
        <Button
          look={needsLogin ? 'primary' : 'plain'}
          busy={reconnect.busy}
          onClick={() => reconnect.start(undefined)}
        >
          Reconnect
        </Button>
        {account.contactEmail && (
          <Button busy={send.busy} onClick={() => send.start(undefined)}>
            <Icon name="mail" size={16} />
            Send reconnect link
          </Button>
        )}
        <Button busy={create.busy} onClick={() => create.start(undefined)}>
          <Icon name="link" size={16} />
          Copy reconnect link
        </Button>
        <Button busy={refresh.busy} onClick={() => refresh.start(undefined)}>
          <Icon name="refresh" size={16} />
          {refresh.busy ? 'Renewing…' : 'Refresh now'}
        </Button>
        <Button busy={check.busy} onClick={() => check.start(undefined)}>
          <Icon name="check" size={16} />
          {check.busy ? 'Checking…' : 'Check now'}
        </Button>
      </div>
      <p className="muted small">
        {account.contactEmail
          ? `The link is mailed to ${account.contactEmail}. Its receiver needs no login here. `
          : 'Save a contact address below to mail the reconnect link. Its receiver needs no login here. '}
        A new link, mailed or copied, ends the one before; to copy one that still works, look under Reconnect
        links.
      </p>
      {link && <CopyField label="Reconnect link" value={link} />}
    </div>
  );
}
