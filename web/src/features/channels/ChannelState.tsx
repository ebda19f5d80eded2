import type { ChannelItemFragment } from '@/gql/graphql';

/** Whether anything is sent to a channel, and whether it arrives. */
export function ChannelState({ channel }: { channel: ChannelItemFragment }) {
  if (channel.disabledAt) {
    const byMember = channel.disabledReason === 'BY_MEMBER';
    return <span className={byMember ? 'pill' : 'pill pill-red'}>Switched off</span>;
  }
  if (channel.failingSince) return <span className="pill pill-amber">Nothing arrives</span>;
  return <span className="pill pill-ok">On</span>;
}
