import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';
import { LIVE_MS } from '@/lib/queryClient';
import { nextCursor } from '@/lib/relay';

const PAGE_SIZE = 50;

const IsOperatorQuery = graphql(`
  query IsOperator {
    operator {
      __typename
    }
  }
`);

const OperatorQuery = graphql(`
  query Operator {
    operator {
      workerSeenAt
      oldestOverdueRefreshAt
      monitor {
        ...MonitorSettings
        lastSweep {
          begunAt
          endedAt
        }
      }
      queue {
        kind
        due
        overdue
        running
        waiting
        quarantined
        oldestDueAt
      }
      brake {
        isHolding
        held
        since
        releasedUntil
      }
      accountsByState {
        state
        count
      }
      checks {
        succeeded
        failed
        skipped
        healed
      }
      refreshRates {
        trigger
        succeeded
        failed
        rate
      }
      outbox {
        waiting
        oldestAt
      }
    }
  }
`);

const SetAsideQuery = graphql(`
  query SetAside($first: Int!, $after: String) {
    operator {
      quarantinedJobs(first: $first, after: $after) {
        totalCount
        nodes {
          id
          kind
          workspaceId
          quarantinedAt
          dueAt
          attempts
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
  fragment MonitorSettings on Monitor {
    intervalMinutes
    batchSize
    autoHeal
  }
`);

export const UpdateMonitor = graphql(`
  mutation UpdateMonitor($input: UpdateMonitorInput!) {
    updateMonitor(input: $input) {
      monitor {
        ...MonitorSettings
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const ReleaseJob = graphql(`
  mutation ReleaseJob($input: ReleaseJobInput!) {
    releaseJob(input: $input) {
      userErrors {
        path
        code
        message
      }
    }
  }
`);

export const ReleaseBrake = graphql(`
  mutation ReleaseBrake($input: ReleaseBrakeInput!) {
    releaseBrake(input: $input) {
      brake {
        releasedUntil
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`);

/** Whether the person runs the installation; it does not change while they look. */
export const isOperatorQuery = queryOptions({
  queryKey: keys.operator('is'),
  queryFn: async () => (await execute(IsOperatorQuery)).operator != null,
  staleTime: Number.POSITIVE_INFINITY,
});

export const operatorQuery = queryOptions({
  queryKey: keys.operator('all'),
  queryFn: async () => (await execute(OperatorQuery)).operator ?? null,
  refetchInterval: LIVE_MS,
});

/** Work that was set aside, page after page; looked at again while only the first one is shown. */
export const setAsideQuery = infiniteQueryOptions({
  queryKey: keys.operator('all', 'set-aside'),
  queryFn: async ({ pageParam: after }) =>
    (await execute(SetAsideQuery, { first: PAGE_SIZE, after })).operator?.quarantinedJobs ?? null,
  initialPageParam: null as string | null,
  getNextPageParam: nextCursor,
  refetchInterval: ({ state }) => ((state.data?.pages.length ?? 0) <= 1 ? LIVE_MS : false),
});
