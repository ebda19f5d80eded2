import { Link, useLocation } from 'react-router';
import { paths } from '@/lib/paths';
import { AuthCard } from './AuthCard';

export function CheckMailPage() {
  const state = useLocation().state as { email?: string } | null;
  return (
    <AuthCard
      title="Check your mail"
      foot={
        <>
          Confirmed already? <Link to={paths.signIn}>Sign in</Link>
        </>
      }
    >
      <p>
        We sent a link to {state?.email ? <strong>{state.email}</strong> : 'your address'}. Open it to confirm
        that the address is yours.
      </p>
      <p className="muted small">
        Nothing there after a few minutes? Look in the spam folder, or{' '}
        <Link to={paths.signUp}>sign up again</Link> to get a new link.
      </p>
    </AuthCard>
  );
}
