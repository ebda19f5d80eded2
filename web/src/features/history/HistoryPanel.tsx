import { useSearchParams } from 'react-router';
import { Tabs } from '@/components/Tabs';
import type { Role } from '@/gql/graphql';
import { AccountIncidents } from './AccountIncidents';
import './history.css';
import { ReconnectLinks } from './ReconnectLinks';
import { RefreshLog } from './RefreshLog';
import { Runs } from './Runs';

/** Everything that happened to one account, one kind per tab; the address remembers which. */
export function HistoryPanel({ accountId, role }: { accountId: string; role: Role }) {
  const [params, setParams] = useSearchParams();
  const tabs = [
    { key: 'incidents', label: 'Incidents', content: () => <AccountIncidents accountId={accountId} /> },
    {
      key: 'links',
      label: 'Reconnect links',
      content: () => <ReconnectLinks accountId={accountId} role={role} />,
    },
    { key: 'runs', label: 'Runs', content: () => <Runs accountId={accountId} /> },
    { key: 'renewals', label: 'Token renewals', content: () => <RefreshLog accountId={accountId} /> },
  ];
  return (
    <section className="card history" aria-labelledby="history-title">
      <div className="card-head">
        <h2 id="history-title">History</h2>
      </div>
      <Tabs
        label="History of this account"
        tabs={tabs}
        selected={params.get('tab') ?? 'incidents'}
        onSelect={(key) => setParams({ tab: key }, { replace: true, preventScrollReset: true })}
      />
    </section>
  );
}
