import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { FormNotice } from '@/components/ErrorNotice';
import { useToast } from '@/components/Toasts';
import { execute } from '@/lib/graphql';
import { accountChanged } from '@/lib/keys';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { DisconnectAccount } from './queries';

type DisconnectDialogProps = {
  account: { id: string; username: string };
  workspaceId: string;
  onClose: () => void;
};

export function DisconnectDialog({ account, workspaceId, onClose }: DisconnectDialogProps) {
  const say = useToast();
  const navigate = useNavigate();
  const [deleteHistory, setDeleteHistory] = useState(false);

  const disconnect = useAction({
    run: async () =>
      (await execute(DisconnectAccount, { input: { accountId: account.id, deleteHistory } }))
        .disconnectAccount,
    done: async () => {
      say(`@${account.username} is disconnected.`);
      await navigate(paths.accounts(workspaceId));
      await accountChanged(account.id);
    },
  });

  return (
    <Dialog title={`Disconnect @${account.username}?`} onClose={onClose}>
      <p className="soft">
        Its access is deleted at once and nothing more is collected. Connecting it again later goes on where
        it stopped, if you keep what was collected.
      </p>
      <fieldset className="choices">
        <legend className="visually-hidden">What was collected</legend>
        <label className="choice">
          <input
            type="radio"
            name="history"
            checked={!deleteHistory}
            onChange={() => setDeleteHistory(false)}
          />
          <span>
            <strong>Keep the history</strong>
            <span className="muted small">Insights and audience stay readable here.</span>
          </span>
        </label>
        <label className="choice">
          <input
            type="radio"
            name="history"
            checked={deleteHistory}
            onChange={() => setDeleteHistory(true)}
          />
          <span>
            <strong>Delete the history too</strong>
            <span className="muted small">
              Everything collected for this account goes. This cannot be undone.
            </span>
          </span>
        </label>
      </fieldset>
      <FormNotice messages={disconnect.errors.top} />
      <div className="row dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look="danger" busy={disconnect.busy} onClick={() => disconnect.start(undefined)}>
          {deleteHistory ? 'Disconnect and delete history' : 'Disconnect'}
        </Button>
      </div>
    </Dialog>
  );
}
