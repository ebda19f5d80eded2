import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { FormNotice } from '@/components/ErrorNotice';
import { useToast } from '@/components/Toasts';
import type { ChannelItemFragment } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { paths } from '@/lib/paths';
import { useAction } from '@/lib/useAction';
import { EditChannel } from './ChannelForm';
import {
  channelChanged,
  DeleteChannel,
  DisableChannel,
  EnableChannel,
  RotateChannelSecret,
  TestChannel,
} from './queries';
import { SecretDialog } from './SecretDialog';

type Asking = 'edit' | 'rotate' | 'disable' | 'delete';
type ChannelActionsProps = { channel: ChannelItemFragment; workspaceId: string };

export function ChannelActions({ channel, workspaceId }: ChannelActionsProps) {
  const say = useToast();
  const navigate = useNavigate();
  const [asking, setAsking] = useState<Asking>();
  const [secret, setSecret] = useState<string>();
  const input = { channelId: channel.id };
  const close = () => setAsking(undefined);

  const test = useAction({
    run: async () => (await execute(TestChannel, { input })).testChannel,
    done: async () => {
      say('A test event is on its way. The log shows what becomes of it.');
      await channelChanged(workspaceId, channel.id);
    },
  });
  const enable = useAction({
    run: async () => (await execute(EnableChannel, { input })).enableChannel,
    done: async () => {
      say(`${channel.name} is on again. What was given up can be sent again from the log.`);
      await channelChanged(workspaceId, channel.id);
    },
  });
  const disable = useAction({
    run: async () => (await execute(DisableChannel, { input })).disableChannel,
    done: async () => {
      close();
      say(`${channel.name} is switched off.`);
      await channelChanged(workspaceId, channel.id);
    },
  });
  const rotate = useAction({
    run: async () => (await execute(RotateChannelSecret, { input })).rotateChannelSecret,
    done: async ({ signingSecret }) => {
      close();
      setSecret(signingSecret ?? undefined);
      await channelChanged(workspaceId, channel.id);
    },
  });
  const remove = useAction({
    run: async () => (await execute(DeleteChannel, { input })).deleteChannel,
    done: async () => {
      say(`${channel.name} is deleted.`);
      await navigate(paths.channels(workspaceId));
      await channelChanged(workspaceId);
    },
  });

  return (
    <>
      <FormNotice messages={[...test.errors.top, ...enable.errors.top]} />
      <div className="row">
        {channel.disabledAt ? (
          <Button look="primary" busy={enable.busy} onClick={() => enable.start(undefined)}>
            Switch on
          </Button>
        ) : (
          <Button look="primary" busy={test.busy} onClick={() => test.start(undefined)}>
            Send test event
          </Button>
        )}
        <Button onClick={() => setAsking('edit')}>Change</Button>
        {channel.kind === 'WEBHOOK' && <Button onClick={() => setAsking('rotate')}>New secret</Button>}
        {!channel.disabledAt && <Button onClick={() => setAsking('disable')}>Switch off</Button>}
        <Button look="danger" onClick={() => setAsking('delete')}>
          Delete
        </Button>
      </div>
      {asking === 'edit' && <EditChannel channel={channel} workspaceId={workspaceId} onClose={close} />}
      {asking === 'rotate' && (
        <Question
          title="Make a new signing secret?"
          text="Requests carry signatures with both secrets for 24 hours. Give your receiver the new one within the day."
          action="Make a new secret"
          doing={rotate}
          onClose={close}
        />
      )}
      {asking === 'disable' && (
        <Question
          title={`Switch ${channel.name} off?`}
          text="Nothing is sent to it until you switch it on again, and what happens meanwhile is not kept for it. What is waiting is given up; you can send that again later."
          action="Switch off"
          danger
          doing={disable}
          onClose={close}
        />
      )}
      {asking === 'delete' && (
        <Question
          title={`Delete ${channel.name}?`}
          text="Its address, its secret and its log go at once. This cannot be undone."
          action="Delete channel"
          danger
          doing={remove}
          onClose={close}
        />
      )}
      {secret && <SecretDialog secret={secret} rotated onClose={() => setSecret(undefined)} />}
    </>
  );
}

type QuestionProps = {
  title: string;
  text: string;
  action: string;
  danger?: boolean;
  doing: { start: (input: undefined) => void; busy: boolean; errors: { top: string[] } };
  onClose: () => void;
};

function Question({ title, text, action, danger = false, doing, onClose }: QuestionProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="soft">{text}</p>
      <FormNotice messages={doing.errors.top} />
      <div className="row dialog-actions">
        <Button onClick={onClose}>Cancel</Button>
        <Button look={danger ? 'danger' : 'primary'} busy={doing.busy} onClick={() => doing.start(undefined)}>
          {action}
        </Button>
      </div>
    </Dialog>
  );
}
