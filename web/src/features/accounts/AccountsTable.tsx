import { Link } from 'react-router';
import { DataTable } from '@/components/DataTable';
import { HealthPill } from '@/components/HealthPill';
import { Time } from '@/components/Time';
import type { AccountRowFragment } from '@/gql/graphql';
import { formatCompact, formatCount } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { providerLabels, shortStepLabels } from '@/lib/words';

type AccountsTableProps = { workspaceId: string; accounts: readonly AccountRowFragment[] };

export function AccountsTable({ workspaceId, accounts }: AccountsTableProps) {
  return (
    <DataTable className="table-cards account-list" caption="Instagram accounts of this workspace">
      <thead>
        <tr>
          <th scope="col">Account</th>
          <th scope="col" className="cell-number">
            Followers
          </th>
          <th scope="col">Connected by</th>
          <th scope="col">Health</th>
          <th scope="col">Last collected</th>
          <th scope="col">Next step</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <AccountRow key={account.id} account={account} href={paths.account(workspaceId, account.id)} />
        ))}
      </tbody>
    </DataTable>
  );
}

function AccountRow({ account, href }: { account: AccountRowFragment; href: string }) {
  const { tokenHealth: health } = account;
  const nothingToDo = health.nextStep === 'NONE' || health.nextStep === 'WAIT';
  return (
    <tr>
      <th scope="row">
        <Link to={href} className="account-name">
          <span className="account-handle">@{account.username}</span>
          {account.name && <span className="account-title">{account.name}</span>}
        </Link>
      </th>
      <td className="cell-number" data-label="Followers">
        {account.followersCount == null ? (
          <span className="muted">Not known yet</span>
        ) : (
          <span title={formatCount(account.followersCount)}>{formatCompact(account.followersCount)}</span>
        )}
      </td>
      <td data-label="Connected by">
        <span className="account-source">
          {providerLabels[account.provider]}
          {account.page && <span className="account-title">{account.page.name}</span>}
        </span>
      </td>
      <td data-label="Health">
        <HealthPill health={health} />
      </td>
      <td data-label="Last collected">
        <Time at={account.insightsCollectedAt} relative missing="Not yet" />
      </td>
      <td data-label="Next step">
        {nothingToDo ? (
          <span className="muted">{shortStepLabels[health.nextStep]}</span>
        ) : (
          <Link to={href} title={health.explanation} className="account-step">
            {shortStepLabels[health.nextStep]}
          </Link>
        )}
      </td>
    </tr>
  );
}
