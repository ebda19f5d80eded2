import { Navigate, Outlet, useLocation } from 'react-router';
import { Button } from '@/components/Button';
import { LoadingPage } from '@/components/LoadingPage';
import { paths } from '@/lib/paths';
import { refreshSession, useSessionState } from '@/lib/session';
import { AuthCard } from './AuthCard';

/** Lets only signed-in people through; the others come back here after signing in. */
export function RequireSession() {
  const session = useSessionState();
  const { pathname, search } = useLocation();

  if (session === 'signed-in') return <Outlet />;
  if (session === 'signed-out') {
    const back = pathname === '/' ? '' : `?to=${encodeURIComponent(pathname + search)}`;
    return <Navigate to={paths.signIn + back} replace />;
  }
  if (session === 'unreachable') {
    return (
      <AuthCard title="Mooring cannot be reached">
        <p role="alert">Your session could not be continued. Check your connection and try again.</p>
        <Button wide onClick={() => void refreshSession()}>
          Try again
        </Button>
      </AuthCard>
    );
  }
  return <LoadingPage />;
}
