import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, Outlet, useParams } from 'react-router';
import { LoadFailed } from '@/components/ErrorNotice';
import { Icon } from '@/components/Icon';
import { sayOpened, summaryQuery } from '@/features/workspaces/queries';
import { paths } from '@/lib/paths';
import { mayAdminister, mayOperate } from '@/lib/roles';
import { NotFoundPage } from './NotFoundPage';
import { Sidebar } from './Sidebar';

/** The frame around everything inside one workspace. */
export function WorkspaceLayout() {
  const { workspaceId = '' } = useParams();
  const { data: workspace, error, refetch } = useQuery(summaryQuery(workspaceId));

  const id = workspace?.id;
  useEffect(() => {
    if (id) void sayOpened(id);
  }, [id]);

  if (workspace === null) return <NotFoundPage />;
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the content
      </a>
      <header className="side">
        <Link to={paths.accounts(workspaceId)} className="brand">
          <Icon name="anchor" size={20} />
          Mooring
        </Link>
        <Sidebar
          workspaceId={workspaceId}
          openIncidents={workspace?.tokenHealth.openIncidents ?? 0}
          mayConnect={workspace ? mayOperate(workspace.viewerRole) : true}
          mayManageChannels={workspace ? mayAdminister(workspace.viewerRole) : false}
        />
      </header>
      <main className="main" id="main" tabIndex={-1}>
        <div className="main-inner">
          {error && !workspace ? <LoadFailed error={error} retry={() => void refetch()} /> : <Outlet />}
        </div>
      </main>
    </div>
  );
}
