import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { Button } from '@/components/Button';
import { DataTable } from '@/components/DataTable';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Skeleton } from '@/components/Skeleton';
import type { ChannelItemFragment } from '@/gql/graphql';
import { paths } from '@/lib/paths';
import { channelEventLabels, channelKindLabels } from '@/lib/words';
import { AddChannel } from './ChannelForm';
import { ChannelState } from './ChannelState';
import './channels.css';
import { channelsQuery } from './queries';
import { SecretDialog } from './SecretDialog';

export function ChannelsPage() {
  const { workspaceId = '' } = useParams();
  const navigate = useNavigate();
  const query = useQuery(channelsQuery(workspaceId));
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const channels = query.data ?? [];
  const mayManage = query.data !== null;
  const add = (
    <Button look="primary" onClick={() => setAdding(true)}>
      Add channel
    </Button>
  );

  return (
    <>
      <div className="page-head">
        <div>
          <PageTitle>Channels</PageTitle>
          <p className="soft">Slack and your own systems hear what happens, besides the mails.</p>
        </div>
        {channels.length > 0 && add}
      </div>
      <section className="card" aria-label="Channels">
        {query.isPending && (
          <div className="card-body">
            <Skeleton lines={4} />
          </div>
        )}
        {query.isError && <LoadFailed error={query.error} retry={() => void query.refetch()} />}
        {query.isSuccess && !mayManage && (
          <EmptyState icon="channel" title="Channels are for admins">
            Ask an owner or an admin of this workspace to set one up.
          </EmptyState>
        )}
        {query.isSuccess && mayManage && channels.length === 0 && (
          <EmptyState icon="channel" title="No channel yet" action={add}>
            A channel tells Slack or a webhook of your own when an account needs a person, when it works
            again, and when new insights have arrived.
          </EmptyState>
        )}
        {channels.length > 0 && <ChannelTable channels={channels} workspaceId={workspaceId} />}
      </section>
      {adding && (
        <AddChannel
          workspaceId={workspaceId}
          onClose={() => setAdding(false)}
          onMade={({ id, secret }) => {
            setAdding(false);
            if (secret) setMade({ id, secret });
            else void navigate(paths.channel(workspaceId, id));
          }}
        />
      )}
      {made && (
        <SecretDialog
          secret={made.secret}
          onClose={() => void navigate(paths.channel(workspaceId, made.id))}
        />
      )}
    </>
  );
}

type ChannelTableProps = { channels: readonly ChannelItemFragment[]; workspaceId: string };

function ChannelTable({ channels, workspaceId }: ChannelTableProps) {
  return (
    <DataTable className="table-cards" caption="Channels of this workspace">
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Kind</th>
          <th scope="col">Address</th>
          <th scope="col">Events</th>
          <th scope="col">State</th>
        </tr>
      </thead>
      <tbody>
        {channels.map((channel) => (
          <tr key={channel.id}>
            <th scope="row">
              <Link to={paths.channel(workspaceId, channel.id)}>{channel.name}</Link>
            </th>
            <td data-label="Kind">{channelKindLabels[channel.kind]}</td>
            <td data-label="Address" className="channel-address">
              {channel.address}
            </td>
            <td
              data-label="Events"
              title={channel.events.map((event) => channelEventLabels[event]).join('\n')}
            >
              {channel.events.length} of {Object.keys(channelEventLabels).length}
            </td>
            <td data-label="State">
              <ChannelState channel={channel} />
            </td>
          </tr>
        ))}
      </tbody>
    </DataTable>
  );
}
