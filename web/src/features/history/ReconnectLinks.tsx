import { useQuery } from '@tanstack/react-query';
import { Button } from '@/components/Button';
import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { FormNotice } from '@/components/ErrorNotice';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { AccountReconnectLinksQuery, ReconnectLinkState, Role } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { accountChanged } from '@/lib/keys';
import { mayOperate } from '@/lib/roles';
import { useAction } from '@/lib/useAction';
import { linkStateLabels } from '@/lib/words';
import { Loading } from './Loading';
import { linksQuery, RevokeReconnectLink } from './queries';

type Link = NonNullable<AccountReconnectLinksQuery['account']>['reconnectLinks'][number];

const over: readonly ReconnectLinkState[] = ['DONE', 'EXPIRED', 'REVOKED'];
const tones: Partial<Record<ReconnectLinkState, string>> = {
  DONE: 'pill pill-ok',
  DENIED: 'pill pill-amber',
  WRONG_ACCOUNT: 'pill pill-amber',
};

export function ReconnectLinks({ accountId, role }: { accountId: string; role: Role }) {
  const query = useQuery(linksQuery(accountId));
  const say = useToast();
  const revoke = useAction({
    run: async (linkId: string) =>
      (await execute(RevokeReconnectLink, { input: { linkId } })).revokeReconnectLink,
    done: async () => {
      say('The link no longer works.');
      await accountChanged(accountId);
    },
  });
  const links = query.data ?? [];

  return (
    <Loading query={query}>
      <FormNotice messages={revoke.errors.top} />
      {links.length === 0 ? (
        <EmptyState icon="link" title="No reconnect link yet">
          A reconnect link lets the owner of the account repair its access without a login here.
        </EmptyState>
      ) : (
        <DataTable className="table-compact table-cards" caption="Reconnect links, newest first">
          <thead>
            <tr>
              <th scope="col">Created</th>
              <th scope="col">State</th>
              <th scope="col">Sent to</th>
              <th scope="col">Works until</th>
              <th scope="col">Last event</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {links.map((link) => (
              <tr key={link.id}>
                <th scope="row">
                  <Time at={link.createdAt} />
                </th>
                <td data-label="State">
                  <span className={tones[link.state] ?? 'pill'}>{linkStateLabels[link.state]}</span>
                </td>
                <td data-label="Sent to">{link.sentTo ?? <span className="muted">Not mailed</span>}</td>
                <td data-label="Works until">
                  <Time at={link.expiresAt} />
                </td>
                <td data-label="Last event">
                  <Time at={link.lastEventAt} relative missing="None" />
                </td>
                <td>
                  {mayOperate(role) && !over.includes(link.state) && (
                    <LinkActions link={link} busy={revoke.busy} onRevoke={() => revoke.start(link.id)} />
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </DataTable>
      )}
    </Loading>
  );
}

function LinkActions({ link, busy, onRevoke }: { link: Link; busy: boolean; onRevoke: () => void }) {
  const say = useToast();
  const { url } = link;
  return (
    <span className="row">
      {url && (
        <Button
          small
          onClick={() => {
            navigator.clipboard?.writeText(url).then(
              () => say('Reconnect link copied.'),
              () => say('The browser did not allow copying.'),
            );
          }}
        >
          Copy
        </Button>
      )}
      <Button small look="danger" busy={busy} onClick={onRevoke}>
        Revoke
      </Button>
    </span>
  );
}
