import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import type { DeliveryState } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS, queryClient } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 20;

export const ChannelFragment = graphql(`
  fragment ChannelItem on Channel {
    id
    kind
    name
    address
    events
    disabledAt
    disabledReason
    failingSince
    formerSecretValidUntil
  }
`);

const ChannelsQuery = graphql(`
  query WorkspaceChannels($id: ID!) {
    workspace(id: $id) {
      id
      channels {
        ...ChannelItem
      }
    }
  }
`);

const ChannelQuery = graphql(`
  query OneChannel($id: ID!) {
    channel(id: $id) {
      ...ChannelItem
    }
  }
`);

const DeliveriesQuery = graphql(`
  query ChannelDeliveries($id: ID!, $first: Int!, $after: String, $state: DeliveryState) {
    channel(id: $id) {
      id
      deliveries(first: $first, after: $after, state: $state) {
        nodes {
          id
          eventId
          event
          state
          attempts
          createdAt
          lastAttemptAt
          nextAttemptAt
          durationMs
          statusCode
          problem
          answer
          body
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

export const CreateChannel = graphql(`
  mutation CreateChannel($input: CreateChannelInput!) {
    createChannel(input: $input) {
      channel {
        ...ChannelItem
      }
      signingSecret
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const UpdateChannel = graphql(`
  mutation UpdateChannel($input: UpdateChannelInput!) {
    updateChannel(input: $input) {
      channel {
        id
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const DeleteChannel = graphql(`
  mutation DeleteChannel($input: DeleteChannelInput!) {
    deleteChannel(input: $input) {
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const EnableChannel = graphql(`
  mutation EnableChannel($input: EnableChannelInput!) {
    enableChannel(input: $input) {
      channel {
        id
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const DisableChannel = graphql(`
  mutation DisableChannel($input: DisableChannelInput!) {
    disableChannel(input: $input) {
      channel {
        id
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const RotateChannelSecret = graphql(`
  mutation RotateChannelSecret($input: RotateChannelSecretInput!) {
    rotateChannelSecret(input: $input) {
      signingSecret
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const TestChannel = graphql(`
  mutation TestChannel($input: TestChannelInput!) {
    testChannel(input: $input) {
      delivery {
        id
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const ReplayDelivery = graphql(`
  mutation ReplayDelivery($input: ReplayDeliveryInput!) {
    replayDelivery(input: $input) {
      delivery {
        id
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const ReplayFailedDeliveries = graphql(`
  mutation ReplayFailedDeliveries($input: ReplayFailedDeliveriesInput!) {
    replayFailedDeliveries(input: $input) {
      count
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const channelsQuery = (workspaceId: string) =>
  queryOptions({
    queryKey: keys.workspace(workspaceId, 'channels'),
    queryFn: async () => (await execute(ChannelsQuery, { id: workspaceId })).workspace?.channels ?? null,
    refetchInterval: LIVE_MS,
  });

export const channelQuery = (id: string) =>
  queryOptions({
    queryKey: keys.channel(id),
    queryFn: async () => (await execute(ChannelQuery, { id })).channel ?? null,
    refetchInterval: LIVE_MS,
  });

/** Deliveries end within seconds, so the log is looked at more often than the rest while one waits. */
const SOON_MS = 2_000;

export const deliveriesQuery = (id: string, state: DeliveryState | null) =>
  infiniteQueryOptions({
    queryKey: keys.channel(id, 'deliveries', state),
    queryFn: async ({ pageParam: after }) =>
      (await execute(DeliveriesQuery, { id, first: PAGE_SIZE, after, state })).channel?.deliveries ?? null,
    initialPageParam: null as string | null,
    getNextPageParam: nextCursor,
    refetchInterval: ({ state: { data } }) => {
      if ((data?.pages.length ?? 0) > 1) return false;
      const waits = data?.pages.some((page) => page?.nodes.some((row) => row.state === 'WAITING'));
      return waits ? SOON_MS : LIVE_MS;
    },
  });

/** After a change to a channel: the list it stands in, itself and its log. */
export async function channelChanged(workspaceId: string, channelId?: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.workspace(workspaceId, 'channels') }),
    channelId && queryClient.invalidateQueries({ queryKey: keys.channel(channelId) }),
  ]);
}
