import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { execute } from '@/lib/graphql';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { AuthCard } from './AuthCard';
import { SignUp } from './mutations';

export function SignUpPage() {
  const navigate = useNavigate();
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');

  const signUp = useAction({
    run: async () => (await execute(SignUp, { input: { email, password, name } })).signUp,
    done: () => navigate(paths.checkMail, { state: { email } }),
    fields: ['name', 'email', 'password'],
  });

  return (
    <AuthCard
      title="Create your account"
      lead="Keep every Instagram account of your clients connected, and its numbers flowing."
      foot={
        <>
          Already have one? <Link to={paths.signIn}>Sign in</Link>
        </>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          signUp.start(undefined);
        }}
      >
        <FormNotice messages={signUp.errors.top} />
        <Field
          label="Your name"
          autoComplete="name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={signUp.errors.fields.name}
        />
        <Field
          label="E-mail"
          type="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          error={signUp.errors.fields.email}
        />
        <Field
          label="Password"
          type="password"
          autoComplete="new-password"
          required
          hint="A few words in a row are easy to remember and hard to guess."
          value={password}
          onChange={(event) => setPassword(event.target.value)}
          error={signUp.errors.fields.password}
        />
        <Button look="primary" type="submit" wide busy={signUp.busy}>
          {signUp.busy ? 'Creating…' : 'Create account'}
        </Button>
      </form>
    </AuthCard>
  );
}
