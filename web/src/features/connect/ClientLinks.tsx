import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Button } from '@/components/Button';
import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { FormNotice, LoadFailed } from '@/components/ErrorNotice';
import { MoreButton } from '@/components/MoreButton';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { ConnectLinkRowFragment, ConnectLinkState, Provider } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { queryClient } from '@/lib/queryClient';
import { mayOperate } from '@/lib/roles';
import { useAction } from '@/lib/useAction';
import { connectLinkStateLabels } from '@/lib/words';
import { ClientLinkForm } from './ClientLinkForm';
import { connectLinksKey, connectLinksQuery, RevokeConnectLink } from './clientLinkQueries';

const tones: Partial<Record<ConnectLinkState, string>> = {
  CONNECTED: 'pill pill-ok',
  DENIED: 'pill pill-amber',
};

type ClientLinksProps = { workspaceId: string; logins: readonly Provider[] };

/** The other way to connect: somebody else does it, with a link and without a login here. */
export function ClientLinks({ workspaceId, logins }: ClientLinksProps) {
  const query = useInfiniteQuery(connectLinksQuery(workspaceId));
  const say = useToast();
  const pages = query.data?.pages ?? [];
  const links = pages.flatMap((page) => page?.connectLinks.nodes ?? []);
  const role = pages[0]?.viewerRole;
  const mayMake = role ? mayOperate(role) : false;
  const revoke = useAction({
    run: async (connectLinkId: string) =>
      (await execute(RevokeConnectLink, { input: { connectLinkId } })).revokeConnectLink,
    done: async () => {
      say('The link no longer works. What was connected with it stays.');
      await queryClient.invalidateQueries({ queryKey: connectLinksKey(workspaceId) });
    },
  });

  return (
    <section className="card client-links" aria-labelledby="client-links-title">
      <div className="card-head">
        <h2 id="client-links-title">Ask a client to connect</h2>
      </div>
      <div className="card-body stack stack-loose">
        <p className="soft narrow">
          Your client opens a link, agrees at Meta and chooses the accounts. They need no login here, see no
          numbers and no other account of yours.
        </p>
        {mayMake && <ClientLinkForm workspaceId={workspaceId} logins={logins} />}
      </div>
      <FormNotice messages={revoke.errors.top} />
      {query.isPending && (
        <div className="card-body">
          <Skeleton lines={3} />
        </div>
      )}
      {query.isError && links.length === 0 && (
        <LoadFailed error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isSuccess && links.length === 0 && (
        <EmptyState icon="link" title="No link for a client yet">
          {mayMake
            ? 'Make one above. Here you will see whether it was opened and what was connected with it.'
            : 'Members of this workspace can make one.'}
        </EmptyState>
      )}
      {links.length > 0 && (
        <DataTable className="table-compact table-cards" caption="Links for clients, newest first">
          <thead>
            <tr>
              <th scope="col">Client</th>
              <th scope="col">State</th>
              <th scope="col">Accounts</th>
              <th scope="col">Last event</th>
              <th scope="col">Works until</th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {links.map((link) => (
              <Row
                key={link.id}
                link={link}
                workspaceId={workspaceId}
                busy={revoke.busy}
                onRevoke={mayMake && link.usable ? () => revoke.start(link.id) : undefined}
              />
            ))}
          </tbody>
        </DataTable>
      )}
      <MoreButton query={query} />
    </section>
  );
}

type RowProps = {
  link: ConnectLinkRowFragment;
  workspaceId: string;
  busy: boolean;
  onRevoke: (() => void) | undefined;
};

function Row({ link, workspaceId, busy, onRevoke }: RowProps) {
  return (
    <tr>
      <th scope="row">
        <span className="client-name">
          {link.clientName}
          <span className="muted small">
            {link.sentTo ? `Mailed to ${link.sentTo}` : 'Not mailed'}
            {link.createdBy && ` · made by ${link.createdBy}`}
          </span>
        </span>
      </th>
      <td data-label="State">
        <span className={tones[link.state] ?? 'pill'}>{connectLinkStateLabels[link.state]}</span>
      </td>
      <td data-label="Accounts">
        <Accounts link={link} workspaceId={workspaceId} />
      </td>
      <td data-label="Last event">
        <Time at={link.lastEventAt} relative missing="Not used yet" />
      </td>
      <td data-label="Works until">
        <Time at={link.expiresAt} />
      </td>
      <td>{onRevoke && <Actions link={link} busy={busy} onRevoke={onRevoke} />}</td>
    </tr>
  );
}

function Accounts({ link, workspaceId }: { link: ConnectLinkRowFragment; workspaceId: string }) {
  if (link.accountCount === 0) return <span className="muted">None yet</span>;
  const more = link.accountCount - link.accounts.length;
  return (
    <span className="client-accounts">
      <span>{plural(link.accountCount, 'account')}</span>
      <span className="client-handles small">
        {link.accounts.map(({ id, username }) => (
          <Link key={id} to={paths.account(workspaceId, id)}>
            @{username}
          </Link>
        ))}
        {more > 0 && <span className="muted">and {more} more</span>}
      </span>
    </span>
  );
}

type ActionsProps = { link: ConnectLinkRowFragment; busy: boolean; onRevoke: () => void };

function Actions({ link, busy, onRevoke }: ActionsProps) {
  const say = useToast();
  const { url, clientName } = link;
  return (
    <span className="row client-actions">
      {url && (
        <Button
          small
          aria-label={`Copy the link for ${clientName}`}
          onClick={() => {
            navigator.clipboard?.writeText(url).then(
              () => say(`Link for ${clientName} copied.`),
              () => say('The browser did not allow copying.'),
            );
          }}
        >
          Copy
        </Button>
      )}
      <Button
        small
        look="danger"
        aria-label={`Revoke the link for ${clientName}`}
        busy={busy}
        onClick={onRevoke}
      >
        Revoke
      </Button>
    </span>
  );
}
