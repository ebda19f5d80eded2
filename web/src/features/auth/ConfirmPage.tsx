import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Button, ButtonLink } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import type { UserErrorCode } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { AuthCard } from './AuthCard';
import { enter } from './enter';
import { ConfirmEmail } from './mutations';

/**
 * Where the link of the confirmation mail leads. Opening it changes nothing, since mail scanners open links
 * too: only the button confirms. The token comes behind the #, so that no server log ever holds it.
 */
export function ConfirmPage() {
  const navigate = useNavigate();
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get('token') ?? '');

  const [password, setPassword] = useState('');
  const [refusal, setRefusal] = useState<UserErrorCode>();

  const confirm = useAction({
    run: async () => {
      const answer = (await execute(ConfirmEmail, { input: { token, password } })).confirmEmail;
      setRefusal(answer.userErrors[0]?.code);
      return answer;
    },
    done: ({ session }) => {
      enter(session);
      navigate(paths.home, { replace: true });
    },
    fields: ['password'],
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

  // A second visit of the same link is no failure: what it was for is done.
  if (refusal === 'ALREADY_DONE') {
    return (
      <AuthCard title="Your address is confirmed">
        <p role="status">This link was used before. There is nothing left to do but sign in.</p>
        <ButtonLink to={paths.signIn} look="primary" wide>
          Sign in
        </ButtonLink>
      </AuthCard>
    );
  }

  if (refusal === 'EXPIRED' || refusal === 'NOT_FOUND') {
    return (
      <AuthCard
        title={refusal === 'EXPIRED' ? 'This link has expired' : 'This link does not work'}
        foot={
          <>
            Confirmed already? <Link to={paths.signIn}>Sign in</Link>
          </>
        }
      >
        <p role="alert">
          {refusal === 'EXPIRED'
            ? 'Links to confirm an address work for a limited time only. '
            : 'It may be incomplete: open it from the mail again. '}
          To get a new link, <Link to={paths.signUp}>sign up again</Link>.
        </p>
      </AuthCard>
    );
  }

  return (
    <AuthCard
      title="Confirm your address"
      lead="Enter the password that you chose when you signed up. Only you know it, so nobody can confirm an account in your name."
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          confirm.start(undefined);
        }}
      >
        <FormNotice messages={confirm.errors.top} />
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={confirm.errors.fields.password}
        />
        <Button look="primary" type="submit" wide busy={confirm.busy}>
          {confirm.busy ? 'Confirming…' : 'Confirm my address'}
        </Button>
      </form>
    </AuthCard>
  );
}
