import { useQuery } from '@tanstack/react-query';
import { NavLink, useNavigate } from 'react-router';
import { Button } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { useSignOut } from '@/features/auth/useSignOut';
import { isOperatorQuery } from '@/features/operator/queries';
import { viewerQuery } from '@/features/workspaces/queries';
import { paths } from '@/lib/paths';

const NEW = 'new';

type SidebarProps = {
  workspaceId: string;
  openIncidents: number;
  mayConnect: boolean;
  mayManageChannels: boolean;
};

export function Sidebar({ workspaceId, openIncidents, mayConnect, mayManageChannels }: SidebarProps) {
  const navigate = useNavigate();
  const signOut = useSignOut();
  const viewer = useQuery(viewerQuery).data;
  const isOperator = useQuery(isOperatorQuery).data ?? false;
  const memberships = viewer?.memberships ?? [];

  return (
    <>
      <select
        className="select"
        aria-label="Workspace"
        value={workspaceId}
        onChange={(event) => {
          const chosen = event.target.value;
          void navigate(chosen === NEW ? '/new-workspace' : paths.accounts(chosen));
        }}
      >
        {memberships.length === 0 && <option value={workspaceId}>Loading…</option>}
        {memberships.map(({ workspace }) => (
          <option key={workspace.id} value={workspace.id}>
            {workspace.name}
          </option>
        ))}
        <option value={NEW}>New workspace…</option>
      </select>
      <nav className="nav" aria-label="Workspace">
        <NavLink to={paths.accounts(workspaceId)}>
          <Icon name="accounts" />
          Accounts
        </NavLink>
        <NavLink to={paths.incidents(workspaceId)}>
          <Icon name="incident" />
          Incidents
          {openIncidents > 0 && (
            <span className="nav-count">
              {openIncidents}
              <span className="visually-hidden"> open</span>
            </span>
          )}
        </NavLink>
        {mayManageChannels && (
          <NavLink to={paths.channels(workspaceId)}>
            <Icon name="channel" />
            Channels
          </NavLink>
        )}
        {mayConnect && (
          <NavLink to={paths.connect(workspaceId)}>
            <Icon name="plus" />
            Connect
          </NavLink>
        )}
        {isOperator && (
          <NavLink to={paths.operator}>
            <Icon name="anchor" />
            Operator
          </NavLink>
        )}
      </nav>
      <div className="side-foot">
        {viewer && (
          <p className="small side-person">
            {viewer.name}
            <br />
            <span className="muted">{viewer.email}</span>
          </p>
        )}
        <Button look="quiet" small onClick={() => void signOut()}>
          <Icon name="out" size={16} />
          Sign out
        </Button>
      </div>
    </>
  );
}
