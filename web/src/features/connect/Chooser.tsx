import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Button, ButtonLink } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { Icon } from '@/components/Icon';
import { useToast } from '@/components/Toasts';
import type { ConnectSessionQuery } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { queryClient } from '@/lib/queryClient';
import { useAction } from '@/lib/useAction';
import { scopeLabel } from '@/lib/words';
import { CandidateList } from './CandidateList';
import { ChooseAccounts } from './queries';

type Session = NonNullable<ConnectSessionQuery['connectSession']>;

export function Chooser({ session }: { session: Session }) {
  const navigate = useNavigate();
  const say = useToast();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [contactEmail, setContactEmail] = useState('');
  const workspaceId = session.workspace.id;

  const choose = useAction({
    run: async () =>
      (
        await execute(ChooseAccounts, {
          input: {
            connectSessionId: session.id,
            instagramIds: [...chosen],
            contactEmail: contactEmail.trim() || null,
          },
        })
      ).chooseAccounts,
    done: async ({ accounts }) => {
      await queryClient.invalidateQueries({ queryKey: keys.workspace(workspaceId) });
      say(
        `${plural(accounts.length, 'account is', 'accounts are')} connected. Past insights are being fetched.`,
      );
      await navigate(paths.accounts(workspaceId));
    },
    fields: ['contactEmail'],
  });

  return (
    <form
      className="stack stack-loose"
      onSubmit={(event) => {
        event.preventDefault();
        choose.start(undefined);
      }}
    >
      <MissingScopes scopes={session.missingScopes} workspaceId={workspaceId} />
      <FormNotice messages={choose.errors.top} />
      <CandidateList candidates={session.candidates} chosen={chosen} onChange={setChosen} />
      <Field
        label="Contact e-mail (optional)"
        type="email"
        hint="The owner of these accounts. If their access ever breaks, a reconnect link is mailed here."
        value={contactEmail}
        onChange={(event) => setContactEmail(event.target.value)}
        error={choose.errors.fields.contactEmail}
      />
      <div className="row row-between">
        <ButtonLink to={paths.accounts(workspaceId)} look="quiet">
          Cancel
        </ButtonLink>
        <Button look="primary" type="submit" busy={choose.busy} disabled={chosen.size === 0}>
          {chosen.size === 0 ? 'Choose at least one' : `Connect ${plural(chosen.size, 'account')}`}
        </Button>
      </div>
    </form>
  );
}

function MissingScopes({ scopes, workspaceId }: { scopes: readonly string[]; workspaceId: string }) {
  if (scopes.length === 0) return null;
  return (
    <section className="banner banner-amber" aria-label="Missing permissions">
      <div className="banner-text">
        <Icon name="incident" />
        <div>
          <strong>Not everything was allowed.</strong>
          <p className="soft">
            Not allowed: {scopes.map((scope) => `${scopeLabel(scope)} (${scope})`).join(', ')}. Connect again
            and leave all switches on, or some accounts or numbers stay out of reach.
          </p>
        </div>
      </div>
      <ButtonLink to={paths.connect(workspaceId)} small>
        Connect again
      </ButtonLink>
    </section>
  );
}
