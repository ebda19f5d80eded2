import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { execute } from '@/lib/graphql';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { AuthCard } from './AuthCard';
import { ConfirmEmail } from './mutations';

/**
 * Where the link of the confirmation mail leads. Opening it changes nothing, since mail scanners open links
 * too: only the button confirms. The token comes behind the #, so that no server log ever holds it.
 */
export function ConfirmPage() {
  const navigate = useNavigate();
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '');

  const confirm = useAction({
    run: async () => (await execute(ConfirmEmail, { input: { token } })).confirmEmail,
    done: () => navigate(`${paths.signIn}?confirmed`, { replace: true }),
  });

  if (!token) {
    return (
      <AuthCard title="This link is incomplete">
        <p>
          Open the link from the mail again, or copy all of it. If that fails,{' '}
          <Link to={paths.signUp}>sign up again</Link> to get a new one.
        </p>
      </AuthCard>
    );
  }

  return (
    <AuthCard title="Confirm your address" lead="One press, and your account is ready.">
      <FormNotice messages={confirm.errors.top} />
      <Button look="primary" wide busy={confirm.busy} onClick={() => confirm.start(undefined)}>
        {confirm.busy ? 'Confirming…' : 'Confirm my address'}
      </Button>
    </AuthCard>
  );
}
