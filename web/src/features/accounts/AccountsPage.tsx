import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';
import { Button, ButtonLink } from '@/components/Button';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { PageTitle } from '@/components/PageTitle';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import type { AccountOrder } from '@/gql/graphql';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { mayOperate } from '@/lib/roles';
import { AccountsTable } from './AccountsTable';
import { AttentionBanners } from './AttentionBanners';
import './accounts.css';
import { CountTiles } from './CountTiles';
import { accountsQuery, attentionQuery } from './queries';
import { SendLinksDialog } from './SendLinksDialog';
import { type UrgencyChoice, useAccountFilter } from './useAccountFilter';

const urgencyOptions: { value: UrgencyChoice; label: string }[] = [
  { value: 'ALL', label: 'All' },
  { value: 'RED', label: 'Need a person' },
  { value: 'AMBER', label: 'To watch' },
  { value: 'OK', label: 'Healthy' },
];

export function AccountsPage() {
  const { workspaceId = '' } = useParams();
  const view = useAccountFilter();
  const [sending, setSending] = useState(false);
  const overview = useQuery(attentionQuery(workspaceId));
  const attention = overview.data;
  const list = useInfiniteQuery(accountsQuery(workspaceId, view.filter, view.orderBy));

  // Most people may, so the button is there from the start and nothing moves when their role is known.
  const mayConnect = attention ? mayOperate(attention.viewerRole) : true;
  const loading = list.isPending || overview.isPending;
  const pages = list.data?.pages ?? [];
  const accounts = pages.flatMap((page) => page?.nodes ?? []);
  const total = pages[0]?.totalCount ?? 0;
  const nothingYet = list.isSuccess && !list.isPlaceholderData && total === 0 && !view.narrowed;

  return (
    <>
      <div className="page-head">
        <PageTitle>Accounts</PageTitle>
        {!nothingYet && mayConnect && (
          <ButtonLink to={paths.connect(workspaceId)} look="primary">
            <Icon name="plus" size={16} />
            Connect accounts
          </ButtonLink>
        )}
      </div>

      {!nothingYet && (
        <>
          {attention && <AttentionBanners workspace={attention} onShow={view.setUrgency} />}
          <CountTiles counts={attention?.tokenHealth} />
        </>
      )}

      {nothingYet ? (
        <div className="card">
          <EmptyState
            icon="anchor"
            title="No account is moored here yet"
            action={
              mayConnect && (
                <ButtonLink to={paths.connect(workspaceId)} look="primary">
                  Connect your first accounts
                </ButtonLink>
              )
            }
          >
            Sign in at Meta once, choose the Instagram accounts you look after, and Mooring keeps their access
            alive and collects their insights from then on.
          </EmptyState>
        </div>
      ) : (
        <section className="card" aria-label="Account list">
          <div className="account-tools">
            <div className="search">
              <Icon name="search" size={16} />
              <input
                className="input"
                type="search"
                aria-label="Search accounts"
                placeholder="Search handle or name"
                value={view.search}
                onChange={(event) => view.setSearch(event.target.value)}
              />
            </div>
            <Segmented
              label="Filter by health"
              options={urgencyOptions}
              value={view.urgency}
              onChange={view.setUrgency}
            />
            <select
              className="select"
              aria-label="Sort by"
              value={view.orderBy}
              onChange={(event) => view.setOrder(event.target.value as AccountOrder)}
            >
              <option value="URGENCY">Most urgent first</option>
              <option value="USERNAME">By handle</option>
            </select>
            {mayConnect && attention && attention.tokenHealth.red > 0 && (
              <Button onClick={() => setSending(true)}>
                <Icon name="mail" size={16} />
                Mail reconnect links
              </Button>
            )}
          </div>

          {loading && (
            <div className="card-body">
              <Skeleton lines={8} />
            </div>
          )}
          {!loading && list.isError && accounts.length === 0 && (
            <LoadFailed error={list.error} retry={() => void list.refetch()} />
          )}
          {!loading && list.isSuccess && accounts.length === 0 && (
            <EmptyState
              icon="search"
              title="No account matches"
              action={<Button onClick={view.clear}>Show all accounts</Button>}
            >
              Nothing here fits the search and the filter.
            </EmptyState>
          )}
          {!loading && accounts.length > 0 && <AccountsTable workspaceId={workspaceId} accounts={accounts} />}

          {!loading && accounts.length > 0 && (
            <div className="account-foot">
              <p className="muted small" aria-live="polite">
                {accounts.length < total
                  ? `${accounts.length} of ${plural(total, 'account')}`
                  : plural(total, 'account')}
              </p>
              {list.hasNextPage && (
                <Button small busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                  {list.isFetchingNextPage ? 'Loading…' : 'Load more'}
                </Button>
              )}
            </div>
          )}
        </section>
      )}
      {sending && (
        <SendLinksDialog
          workspaceId={workspaceId}
          search={view.filter.search ?? ''}
          onClose={() => setSending(false)}
        />
      )}
    </>
  );
}
