import { useState } from 'react';
import { Link, Navigate, useSearchParams } from 'react-router';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { execute } from '@/lib/graphql';
import { paths, safeReturnPath } from '@/lib/paths';
import { useSessionState } from '@/lib/session';
import { useAction } from '@/lib/useAction';
import { AuthCard } from './AuthCard';
import { enter } from './enter';
import { SignIn } from './mutations';

export function SignInPage() {
  const session = useSessionState();
  const [params] = useSearchParams();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');

  const signIn = useAction({
    run: async () => (await execute(SignIn, { input: { email, password } })).signIn,
    done: ({ session }) => enter(session),
    fields: ['email', 'password'],
  });

  if (session === 'signed-in') return <Navigate to={safeReturnPath(params.get('to'))} replace />;

  return (
    <AuthCard
      title="Sign in"
      foot={
        <>
          New here? <Link to={paths.signUp}>Create an account</Link>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          signIn.start(undefined);
        }}
      >
        <FormNotice messages={signIn.errors.top} />
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={signIn.errors.fields.email}
        />
        <Field
          label="Password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={signIn.errors.fields.password}
        />
        <Button look="primary" type="submit" wide busy={signIn.busy}>
          {signIn.busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </AuthCard>
  );
}
