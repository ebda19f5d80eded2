import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Navigate } from 'react-router';
import { LoadFailed } from '@/components/ErrorNotice';
import { LoadingPage } from '@/components/LoadingPage';
import { paths } from '@/lib/paths';
import { CreateWorkspacePage } from './CreateWorkspacePage';
import { viewerQuery } from './queries';

/** Leads to the first workspace, or to making one, with `foot` as the way out. */
export function HomePage({ foot }: { foot: ReactNode }) {
  const { data: viewer, error, refetch } = useQuery(viewerQuery);

  if (error) {
    return (
      <main className="page">
        <LoadFailed error={error} retry={() => void refetch()} />
      </main>
    );
  }
  if (viewer === undefined) {
    return <LoadingPage />;
  }
  const first = viewer?.memberships[0];
  if (first) return <Navigate to={paths.accounts(first.workspace.id)} replace />;
  return <CreateWorkspacePage first foot={foot} />;
}
