import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import type { Metric } from '@/gql/graphql';
import { addDays, metaRange } from '@/lib/dates';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';

/** While past days are still being fetched the chart fills by itself. */
const REREAD_MS = 15_000;

const MetricsQuery = graphql(`
  query Metrics {
    metrics {
      metric
      label
      help
      counts
      headline
      lastDays
    }
  }
`);

const InsightsQuery = graphql(`
  query Insights(
    $id: ID!
    $metrics: [Metric!]!
    $from: Date!
    $to: Date!
    $previousFrom: Date!
    $previousTo: Date!
  ) {
    account(id: $id) {
      id
      insights(metrics: $metrics, from: $from, to: $to) {
        metric
        days
        values
        states
        total
      }
      previous: insights(metrics: $metrics, from: $previousFrom, to: $previousTo) {
        metric
        values
      }
    }
  }
`);

const SeriesPointsQuery = graphql(`
  query SeriesPoints($id: ID!, $metric: Metric!, $from: Date!, $to: Date!) {
    account(id: $id) {
      id
      insights(metrics: [$metric], from: $from, to: $to) {
        metric
        points {
          day
          value
          state
          collectedAt
          revisions {
            oldValue
          }
        }
      }
    }
  }
`);

export const metricsQuery = queryOptions({
  queryKey: keys.catalogue('metrics'),
  queryFn: async () => (await execute(MetricsQuery)).metrics,
  staleTime: Number.POSITIVE_INFINITY,
});

export const insightsQuery = (id: string, metrics: Metric[], length: number) =>
  queryOptions({
    queryKey: keys.account(id, 'insights', length, metrics),
    queryFn: async () => {
      const { from, to } = metaRange(length);
      const previousTo = addDays(from, -1);
      const previousFrom = addDays(from, -length);
      return (await execute(InsightsQuery, { id, metrics, from, to, previousFrom, previousTo })).account;
    },
    placeholderData: keepPreviousData,
    refetchInterval: REREAD_MS,
  });

export const pointsQuery = (id: string, metric: Metric, length: number) =>
  queryOptions({
    queryKey: keys.account(id, 'points', length, metric),
    queryFn: async () => {
      const answer = await execute(SeriesPointsQuery, { id, metric, ...metaRange(length) });
      return answer.account?.insights[0]?.points ?? [];
    },
    placeholderData: keepPreviousData,
  });
