import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { Button } from '@/components/Button';
import { EmptyState } from '@/components/EmptyState';
import { FormNotice, LoadFailed } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Skeleton } from '@/components/Skeleton';
import type { Provider } from '@/gql/graphql';
import { paths } from '@/lib/paths';
import { ClientLinks } from './ClientLinks';
import './connect.css';
import { logins } from './providers';
import { providersQuery } from './queries';
import { useStartConnect } from './useStartConnect';

export function ConnectPage() {
  const { workspaceId = '' } = useParams();
  const providers = useQuery(providersQuery);

  const connect = useStartConnect(workspaceId);

  return (
    <div className="stack stack-loose">
      <header className="stack stack-tight">
        <nav aria-label="Breadcrumb" className="small">
          <Link to={paths.accounts(workspaceId)}>Accounts</Link>
        </nav>
        <PageTitle>Connect accounts</PageTitle>
        <p className="soft narrow">
          You sign in at Meta, not here: Mooring never sees a password. Afterwards you choose which accounts
          to add.
        </p>
      </header>
      <FormNotice messages={connect.errors.top} />
      {providers.isPending && <Skeleton block lines={2} />}
      {providers.isError && <LoadFailed error={providers.error} retry={() => void providers.refetch()} />}
      {providers.data?.length === 0 && (
        <div className="card">
          <EmptyState icon="link" title="No login is set up">
            The operator of this installation has to enter the ids of an app at Meta first.
          </EmptyState>
        </div>
      )}
      <div className="logins">
        {providers.data?.map((provider) => (
          <LoginCard
            key={provider}
            provider={provider}
            busy={connect.busy}
            onStart={() => connect.start(provider)}
          />
        ))}
      </div>
      {providers.data && providers.data.length > 0 && (
        <ClientLinks workspaceId={workspaceId} logins={providers.data} />
      )}
    </div>
  );
}

function LoginCard({ provider, busy, onStart }: { provider: Provider; busy: boolean; onStart: () => void }) {
  const login = logins[provider];
  return (
    <section className="card login" aria-label={login.title}>
      <h2>{login.title}</h2>
      <p className="soft">{login.when}</p>
      <div>
        <h3>What Meta will ask you to allow</h3>
        <ul className="asks">
          {login.asks.map(({ name, why }) => (
            <li key={name}>
              {name}, <span className="muted">{why}</span>
            </li>
          ))}
        </ul>
      </div>
      <p className="muted small">
        Mooring reads only. It posts nothing, answers no message and changes no setting. You can end the
        access at any time, here or in the settings of your Meta account.
      </p>
      <Button look="primary" busy={busy} onClick={onStart}>
        {login.action}
      </Button>
    </section>
  );
}
