import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import type { MediaKind, MediaMetric } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 12;
const firstPage = null as string | null;

const MediaQuery = graphql(`
  query AccountMedia($id: ID!, $pageSize: Int!, $after: String, $kind: MediaKind, $sort: MediaMetric) {
    account(id: $id) {
      id
      mediaCollectedAt
      storyGaps {
        from
        to
      }
      media(first: $pageSize, after: $after, kind: $kind, sort: $sort) {
        totalCount
        nodes {
          ...MediaItem
        }
        pageInfo {
          hasNextPage
          endCursor
        }
      }
    }
  }
`);

graphql(`
  fragment MediaItem on Media {
    id
    kind
    format
    caption
    permalink
    postedAt
    readAt
    goneAt
    storyState
    storyEndsAt
    metrics {
      metric
      value
      state
      collectedAt
    }
  }
`);

const MediaMetricsQuery = graphql(`
  query MediaMetrics {
    mediaMetrics {
      metric
      label
      help
      unit
      headline
      kinds
    }
  }
`);

export type MediaChoice = { kind: MediaKind | null; sort: MediaMetric | null };

export const mediaQuery = (id: string, { kind, sort }: MediaChoice) =>
  infiniteQueryOptions({
    queryKey: keys.account(id, 'media', kind, sort),
    queryFn: async ({ pageParam: after }) =>
      (await execute(MediaQuery, { id, pageSize: PAGE_SIZE, after, kind, sort })).account ?? null,
    initialPageParam: firstPage,
    getNextPageParam: (page) => nextCursor(page?.media),
    // The first page stays live; whoever has loaded more reads at leisure.
    refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? LIVE_MS : false),
  });

export const mediaMetricsQuery = queryOptions({
  queryKey: keys.catalogue('media'),
  queryFn: async () => (await execute(MediaMetricsQuery)).mediaMetrics,
  staleTime: Number.POSITIVE_INFINITY,
});
