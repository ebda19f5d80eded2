import type { ChannelItemFragment } from '@/gql/graphql';
import { channelDisabledLabels } from '@/lib/words';

/** Whether anything is sent to a channel, and whether it arrives. */
export function ChannelState({ channel }: { channel: ChannelItemFragment }) {
  if (channel.disabledAt) {
    const reason = channel.disabledReason;
    return (
      <span className={reason === 'BY_MEMBER' ? 'pill' : 'pill pill-red'}>
        {reason ? channelDisabledLabels[reason] : 'Switched off'}
      </span>
    );
  }
  if (channel.failingSince) return <span className="pill pill-amber">Nothing arrives</span>;
  return <span className="pill pill-ok">On</span>;
}
