import { useState } from 'react';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { useToast } from '@/components/Toasts';
import type { ContactEmailFragment, Role } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { accountChanged } from '@/lib/keys';
import { mayOperate } from '@/lib/roles';
import { useAction } from '@/lib/useAction';
import { UpdateAccountContact } from './queries';

/** Where reconnect mails for this account go. */
export function ContactEmail({ account, role }: { account: ContactEmailFragment; role: Role }) {
  const say = useToast();
  const [draft, setDraft] = useState<string>();
  const saved = account.contactEmail ?? '';
  const value = draft ?? saved;

  const update = useAction({
    run: async (contactEmail: string | null) =>
      (await execute(UpdateAccountContact, { input: { accountId: account.id, contactEmail } }))
        .updateAccountContact,
    done: async ({ account: updated }) => {
      await accountChanged(account.id);
      setDraft(undefined);
      say(
        updated?.contactEmail
          ? `Reconnect mails now go to ${updated.contactEmail}.`
          : 'Contact address removed.',
      );
    },
    fields: ['contactEmail'],
  });

  return (
    <section className="card" aria-labelledby="contact-title">
      <div className="card-head">
        <h2 id="contact-title">Contact</h2>
      </div>
      <div className="card-body">
        {mayOperate(role) ? (
          <form
            className="stack stack-tight"
            onSubmit={(event) => {
              event.preventDefault();
              update.start(value.trim() || null);
            }}
          >
            <FormNotice messages={update.errors.top} />
            <Field
              label="Contact e-mail"
              type="email"
              hint="The owner of the account. When its access breaks, the reconnect link is mailed here."
              value={value}
              onChange={(event) => setDraft(event.target.value)}
              error={update.errors.fields.contactEmail}
            />
            <div className="row">
              <Button type="submit" busy={update.busy} disabled={value.trim() === saved}>
                Save address
              </Button>
            </div>
          </form>
        ) : (
          <p>{saved || <span className="muted">No contact address is set.</span>}</p>
        )}
      </div>
    </section>
  );
}
