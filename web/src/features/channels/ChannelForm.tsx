import { useState } from 'react';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { Segmented } from '@/components/Segmented';
import type { ChannelEvent, ChannelItemFragment, ChannelKind } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { useAction } from '@/lib/useAction';
import { EventChoice } from './EventChoice';
import { CreateChannel, channelChanged, UpdateChannel } from './queries';

const FIELDS = ['name', 'address', 'events'] as const;

const kinds: { value: ChannelKind; label: string }[] = [
  { value: 'SLACK', label: 'Slack' },
  { value: 'WEBHOOK', label: 'Webhook' },
];

const hints: Record<ChannelKind, string> = {
  SLACK: 'An incoming webhook of Slack. It begins with https://hooks.slack.com/services/.',
  WEBHOOK: 'An https address of your own. Events arrive there as signed JSON.',
};

type Made = { id: string; name: string; secret: string | null };

type AddChannelProps = { workspaceId: string; onClose: () => void; onMade: (made: Made) => void };

export function AddChannel({ workspaceId, onClose, onMade }: AddChannelProps) {
  const [kind, setKind] = useState<ChannelKind>('SLACK');
  const [name, setName] = useState('');
  const [address, setAddress] = useState('');
  const [events, setEvents] = useState<ChannelEvent[]>(['INCIDENT_OPENED', 'INCIDENT_CLOSED']);

  const create = useAction({
    run: async () =>
      (await execute(CreateChannel, { input: { workspaceId, kind, name, address, events } })).createChannel,
    done: async ({ channel, signingSecret }) => {
      if (channel) onMade({ id: channel.id, name: channel.name, secret: signingSecret ?? null });
      await channelChanged(workspaceId);
    },
    fields: FIELDS,
  });

  return (
    <Dialog title="Add a channel" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          create.start(undefined);
        }}
      >
        <FormNotice messages={create.errors.top} />
        <Segmented label="Kind of channel" options={kinds} value={kind} onChange={setKind} />
        <Field
          label="Name"
          placeholder={kind === 'SLACK' ? '#instagram in Slack' : 'Our CRM'}
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={create.errors.fields.name}
        />
        <Field
          label="Address"
          hint={hints[kind]}
          required
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          error={create.errors.fields.address}
        />
        <EventChoice chosen={events} onChange={setEvents} error={create.errors.fields.events} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={create.busy}>
            Add channel
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

type EditChannelProps = { channel: ChannelItemFragment; workspaceId: string; onClose: () => void };

export function EditChannel({ channel, workspaceId, onClose }: EditChannelProps) {
  const [name, setName] = useState(channel.name);
  const [address, setAddress] = useState('');
  const [events, setEvents] = useState<ChannelEvent[]>(channel.events);

  const update = useAction({
    run: async () => {
      const input = { channelId: channel.id, name, events, address: address.trim() || null };
      return (await execute(UpdateChannel, { input })).updateChannel;
    },
    done: async () => {
      await channelChanged(workspaceId, channel.id);
      onClose();
    },
    fields: FIELDS,
  });

  return (
    <Dialog title={`Change ${channel.name}`} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          update.start(undefined);
        }}
      >
        <FormNotice messages={update.errors.top} />
        <Field
          label="Name"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={update.errors.fields.name}
        />
        <Field
          label="New address"
          hint={`Now ${channel.address} – leave this empty to keep it.`}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          error={update.errors.fields.address}
        />
        <EventChoice chosen={events} onChange={setEvents} error={update.errors.fields.events} />
        <div className="row dialog-actions">
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" busy={update.busy}>
            Save
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
