import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';
import { Button } from '@/components/Button';
import { useSignOut } from '@/features/auth/useSignOut';
import { isOperatorQuery } from '@/features/operator/queries';
import { viewerQuery } from '@/features/workspaces/queries';
import { paths } from '@/lib/paths';

/** Below a page without the sidebar: who is signed in, the way back, and the way out. */
export function AccountFoot() {
  const signOut = useSignOut();
  const viewer = useQuery(viewerQuery).data;
  const isOperator = useQuery(isOperatorQuery).data ?? false;
  if (!viewer) return null;
  return (
    <div className="row page-foot soft small">
      <span>Signed in as {viewer.email}</span>
      {viewer.memberships.length > 0 && <Link to={paths.home}>Back to the accounts</Link>}
      {isOperator && <Link to={paths.operator}>Operator</Link>}
      <Button look="quiet" small onClick={() => void signOut()}>
        Sign out
      </Button>
    </div>
  );
}
