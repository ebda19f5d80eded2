import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useNavigate } from 'react-router';
import { Brand } from '@/components/Brand';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { PageTitle } from '@/components/PageTitle';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { CreateWorkspace } from './queries';

type CreateWorkspacePageProps = { first?: boolean; foot: ReactNode };

/** `foot` is the way out for whoever came here by mistake. */
export function CreateWorkspacePage({ first = false, foot }: CreateWorkspacePageProps) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [name, setName] = useState('');

  const create = useAction({
    run: async () => (await execute(CreateWorkspace, { input: { name } })).createWorkspace,
    done: async ({ workspace }) => {
      await client.invalidateQueries({ queryKey: keys.viewer });
      if (workspace) await navigate(paths.accounts(workspace.id));
    },
    fields: ['name'],
  });

  return (
    <main className="page">
      <Brand />
      <div className="card">
        <form
          className="stack stack-loose"
          onSubmit={(event) => {
            event.preventDefault();
            create.start(undefined);
          }}
        >
          <div className="stack stack-tight">
            <PageTitle>{first ? 'Name your workspace' : 'New workspace'}</PageTitle>
            <p className="soft">
              A workspace holds the accounts of one agency or team. Its name stands in the mails that account
              owners receive, so choose one that they know.
            </p>
          </div>
          <FormNotice messages={create.errors.top} />
          <Field
            label="Workspace name"
            placeholder="Northlight Agency"
            autoComplete="organization"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
            error={create.errors.fields.name}
          />
          <Button look="primary" type="submit" wide busy={create.busy}>
            {create.busy ? 'Creating…' : 'Create workspace'}
          </Button>
        </form>
      </div>
      {foot}
    </main>
  );
}
