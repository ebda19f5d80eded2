import { useId, useState } from 'react';
import { Button } from '@/components/Button';
import { CopyField } from '@/components/CopyField';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { useToast } from '@/components/Toasts';
import type { ConnectLinkRowFragment, Provider } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { queryClient } from '@/lib/queryClient';
import { useAction } from '@/lib/useAction';
import { providerLabels } from '@/lib/words';
import { CreateConnectLink, connectLinksKey } from './clientLinkQueries';

const DEFAULT_DAYS = '7';
const empty = {
  clientName: '',
  email: '',
  contactEmail: '',
  provider: '' as Provider | '',
  days: DEFAULT_DAYS,
};

type ClientLinkFormProps = { workspaceId: string; logins: readonly Provider[] };

/** Makes a link for one client; mailed when there is an address, and in any case there to be copied. */
export function ClientLinkForm({ workspaceId, logins }: ClientLinkFormProps) {
  const say = useToast();
  const loginId = useId();
  const [draft, setDraft] = useState(empty);
  const [made, setMade] = useState<ConnectLinkRowFragment>();
  const set = (change: Partial<typeof empty>) => setDraft({ ...draft, ...change });

  const create = useAction({
    run: async () =>
      (
        await execute(CreateConnectLink, {
          input: {
            workspaceId,
            clientName: draft.clientName,
            provider: draft.provider || null,
            email: draft.email.trim() || null,
            contactEmail: draft.contactEmail.trim() || null,
            // What is no number is refused where every number is.
            lifetimeDays: Number.parseInt(draft.days, 10) || 0,
          },
        })
      ).createConnectLink,
    done: async ({ link }) => {
      await queryClient.invalidateQueries({ queryKey: connectLinksKey(workspaceId) });
      setDraft(empty);
      setMade(link ?? undefined);
      say(
        link?.sentTo
          ? `The link for ${link.clientName} is on its way to ${link.sentTo}.`
          : 'The link is made. Copy it and give it to your client.',
      );
    },
    fields: ['clientName', 'email', 'contactEmail', 'lifetimeDays', 'provider'],
  });
  const { fields } = create.errors;

  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        create.start(undefined);
      }}
    >
      <FormNotice messages={create.errors.top} />
      <div className="client-fields">
        <Field
          label="Client"
          hint="For whom the link is. The client reads this name, too."
          required
          maxLength={100}
          value={draft.clientName}
          onChange={(event) => set({ clientName: event.target.value })}
          error={fields.clientName}
        />
        <Field
          label="Mail it to (optional)"
          type="email"
          hint="Without an address you copy the link and pass it on yourself."
          value={draft.email}
          onChange={(event) => set({ email: event.target.value })}
          error={fields.email}
        />
        <Field
          label="Contact e-mail (optional)"
          type="email"
          hint="Where reconnect links go if access ever breaks. Otherwise the address above, or the client enters one."
          value={draft.contactEmail}
          onChange={(event) => set({ contactEmail: event.target.value })}
          error={fields.contactEmail}
        />
        <Field
          label="Works for days"
          type="number"
          min={1}
          max={30}
          required
          hint="From 1 to 30. You can withdraw it at any time."
          value={draft.days}
          onChange={(event) => set({ days: event.target.value })}
          error={fields.lifetimeDays}
        />
        {logins.length > 1 && (
          <div className="field">
            <label className="field-label" htmlFor={loginId}>
              Login
            </label>
            <select
              id={loginId}
              className="select"
              value={draft.provider}
              onChange={(event) => set({ provider: event.target.value as Provider | '' })}
            >
              <option value="">The client decides</option>
              {logins.map((login) => (
                <option key={login} value={login}>
                  {providerLabels[login]}
                </option>
              ))}
            </select>
            {fields.provider && <p className="field-error">{fields.provider}</p>}
          </div>
        )}
      </div>
      <div className="row">
        <Button look="primary" type="submit" busy={create.busy}>
          {draft.email.trim() ? 'Make and mail the link' : 'Make the link'}
        </Button>
      </div>
      {made?.url && <CopyField label={`Link for ${made.clientName}`} value={made.url} />}
    </form>
  );
}
