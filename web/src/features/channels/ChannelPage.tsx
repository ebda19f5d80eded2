import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { Banner } from '@/components/Banner';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import { paths } from '@/lib/paths';
import { channelDisabledLabels, channelEventLabels, channelKindLabels } from '@/lib/words';
import { ChannelActions } from './ChannelActions';
import { ChannelState } from './ChannelState';
import './channels.css';
import { DeliveryLog } from './DeliveryLog';
import { channelQuery } from './queries';

export function ChannelPage() {
  const { workspaceId = '', channelId = '' } = useParams();
  const query = useQuery(channelQuery(channelId));
  const channel = query.data;

  if (query.isPending) return <Skeleton lines={8} />;
  if (query.isError) return <LoadFailed error={query.error} retry={() => void query.refetch()} />;
  if (!channel) {
    return (
      <EmptyState icon="channel" title="There is no such channel">
        It was deleted, or it is for the admins of another workspace.{' '}
        <Link to={paths.channels(workspaceId)}>All channels</Link>
      </EmptyState>
    );
  }
  return (
    <>
      <div className="page-head">
        <div>
          <p className="small">
            <Link to={paths.channels(workspaceId)}>All channels</Link>
          </p>
          <PageTitle>{channel.name}</PageTitle>
          <p className="soft channel-address">
            {channelKindLabels[channel.kind]} · {channel.address}
          </p>
        </div>
        <ChannelState channel={channel} />
      </div>
      {channel.disabledReason && channel.disabledReason !== 'BY_MEMBER' && (
        <Banner tone="red" label="Why this channel is switched off">
          {channelDisabledLabels[channel.disabledReason]}.
        </Banner>
      )}
      <section className="card" aria-labelledby="channel-title">
        <div className="card-head">
          <h2 id="channel-title">Channel</h2>
        </div>
        <div className="card-body stack">
          <ul className="channel-told">
            {channel.events.map((event) => (
              <li key={event}>{channelEventLabels[event]}</li>
            ))}
          </ul>
          {channel.formerSecretValidUntil && (
            <p className="small soft">
              Requests are signed with the former secret as well until{' '}
              <Time at={channel.formerSecretValidUntil} />.
            </p>
          )}
          <ChannelActions channel={channel} workspaceId={workspaceId} />
        </div>
      </section>
      <DeliveryLog channel={channel} workspaceId={workspaceId} />
    </>
  );
}
