import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { ButtonLink } from '@/components/Button';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Skeleton } from '@/components/Skeleton';
import { AccountHeader } from '@/features/account/AccountHeader';
import { ContactEmail } from '@/features/account/ContactEmail';
import { HealthPanel } from '@/features/account/HealthPanel';
import { accountQuery } from '@/features/account/queries';
import { useReconnectedNotice } from '@/features/account/useReconnectedNotice';
import { AudiencePanel } from '@/features/audience/AudiencePanel';
import { HistoryPanel } from '@/features/history/HistoryPanel';
import { InsightsPanel } from '@/features/insights/InsightsPanel';
import { MediaPanel } from '@/features/media/MediaPanel';
import { paths } from '@/lib/paths';

export function AccountPage() {
  const { workspaceId = '', accountId = '' } = useParams();
  const { data: account, error, refetch } = useQuery(accountQuery(accountId));
  useReconnectedNotice(account?.username);

  if (error && !account) return <LoadFailed error={error} retry={() => void refetch()} />;
  if (account === undefined) return <Skeleton block lines={6} />;
  if (account === null) {
    return (
      <div className="stack">
        <PageTitle>Account</PageTitle>
        <EmptyState
          icon="search"
          title="This account is not here"
          action={<ButtonLink to={paths.accounts(workspaceId)}>Back to the accounts</ButtonLink>}
        >
          It was removed, or it belongs to another workspace.
        </EmptyState>
      </div>
    );
  }

  const role = account.workspace.viewerRole;
  const { state, urgency } = account.tokenHealth;
  return (
    <>
      <AccountHeader account={account} workspaceId={workspaceId} role={role} />
      <HealthPanel account={account} workspaceId={workspaceId} role={role} />
      <InsightsPanel accountId={account.id} collecting={urgency !== 'RED' && state !== 'DISCONNECTED'} />
      <AudiencePanel accountId={account.id} />
      <MediaPanel accountId={account.id} />
      <HistoryPanel accountId={account.id} role={role} />
      <ContactEmail account={account} role={role} key={account.id} />
    </>
  );
}
