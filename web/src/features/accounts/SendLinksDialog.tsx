import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { FormNotice, LoadFailed } from '@/components/ErrorNotice';
import { Skeleton } from '@/components/Skeleton';
import type { BrokenAccountsQuery, SendReconnectLinksMutation } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { plural } from '@/lib/numbers';
import { queryClient } from '@/lib/queryClient';
import { useAction } from '@/lib/useAction';
import { brokenAccountsQuery, SendReconnectLinks } from './sendLinksQueries';

type Found = NonNullable<NonNullable<BrokenAccountsQuery['workspace']>['accounts']>;
type Account = Found['nodes'][number];
type Results = SendReconnectLinksMutation['sendReconnectLinks']['results'];
type SendLinksDialogProps = { workspaceId: string; search: string; onClose: () => void };

/** Mails reconnect links for the accounts of the list that need somebody: who gets one, and what became of it. */
export function SendLinksDialog({ workspaceId, search, onClose }: SendLinksDialogProps) {
  const query = useQuery({ ...brokenAccountsQuery(workspaceId, search), refetchOnWindowFocus: false });
  const found = query.data;
  return (
    <Dialog title="Mail reconnect links" onClose={onClose}>
      {query.isPending && <Skeleton lines={4} />}
      {query.isError && <LoadFailed error={query.error} retry={() => void query.refetch()} />}
      {found && <Sending workspaceId={workspaceId} found={found} onClose={onClose} />}
    </Dialog>
  );
}

type SendingProps = { workspaceId: string; found: Found; onClose: () => void };

function Sending({ workspaceId, found, onClose }: SendingProps) {
  const reachable = found.nodes.filter(({ contactEmail }) => contactEmail);
  const silent = found.nodes.filter(({ contactEmail }) => !contactEmail);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => new Set(reachable.map(({ id }) => id)));
  const [results, setResults] = useState<Results>();
  const send = useAction({
    run: async () =>
      (await execute(SendReconnectLinks, { input: { workspaceId, accountIds: [...chosen] } }))
        .sendReconnectLinks,
    done: async (answer) => {
      setResults(answer.results);
      await queryClient.invalidateQueries({ queryKey: ['account'] });
    },
  });

  if (results) return <Outcome accounts={found.nodes} results={results} onClose={onClose} />;

  function toggle(id: string) {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  }

  if (found.nodes.length === 0) return <p className="soft">No account of this list needs anybody now.</p>;

  return (
    <>
      <p className="soft">
        Each owner gets one mail for all accounts under the same login. Their links from before no longer
        work, and one address gets at most three links a day.
      </p>
      {reachable.length > 0 && (
        <fieldset className="send-list">
          <legend className="visually-hidden">Accounts</legend>
          {reachable.map(({ id, username, contactEmail }) => (
            <label key={id} className="send-item">
              <input
                type="checkbox"
                className="checkbox"
                checked={chosen.has(id)}
                onChange={() => toggle(id)}
              />
              <span>
                <strong>@{username}</strong>
                <span className="muted small">{contactEmail}</span>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {silent.length > 0 && (
        <p className="small">
          {plural(silent.length, 'account has', 'accounts have')} no contact address:{' '}
          {silent.map(({ username }) => `@${username}`).join(', ')}. Give them one on their own pages.
        </p>
      )}
      {found.totalCount > found.nodes.length && (
        <p className="small">
          These are the first {found.nodes.length} of {found.totalCount}. Mail the others afterwards, or
          search for some of them.
        </p>
      )}
      <FormNotice messages={send.errors.top} />
      <div className="row dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          look="primary"
          busy={send.busy}
          disabled={chosen.size === 0}
          onClick={() => send.start(undefined)}
        >
          {chosen.size === 0 ? 'Choose at least one' : `Mail links for ${plural(chosen.size, 'account')}`}
        </Button>
      </div>
    </>
  );
}

type OutcomeProps = { accounts: readonly Account[]; results: Results; onClose: () => void };

function Outcome({ accounts, results, onClose }: OutcomeProps) {
  const nameOf = (id: string) => accounts.find((account) => account.id === id)?.username ?? 'An account';
  const mails = new Set(results.flatMap(({ link }) => link?.id ?? []));
  const refused = results.filter(({ error }) => error);
  return (
    <>
      <p role="status">
        <strong>{plural(mails.size, 'mail is', 'mails are')} on the way</strong>, for{' '}
        {plural(results.length - refused.length, 'account')}. What becomes of each link stands on the page of
        its account.
      </p>
      {refused.length > 0 && (
        <ul className="send-list">
          {refused.map(({ accountId, error }) => (
            <li key={accountId} className="send-item">
              <span>
                <strong>@{nameOf(accountId)}</strong>
                <span className="small">{error?.message}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <div className="row dialog-actions">
        <Button look="primary" onClick={onClose}>
          Close
        </Button>
      </div>
    </>
  );
}
