import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { graphql } from '@/gql';
import type { AudienceKind } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { keys } from '@/lib/keys';

const REREAD_MS = 30_000;

const AudienceQuery = graphql(`
  query Audience($id: ID!, $kind: AudienceKind!) {
    account(id: $id) {
      id
      audience(kind: $kind) {
        day
        state
        collectedAt
        countries {
          ...Segment
        }
        cities {
          ...Segment
        }
        ageGender {
          ...AgeGender
        }
      }
    }
  }
`);

graphql(`
  fragment Segment on AudienceSegment {
    key
    value
    share
  }
`);

graphql(`
  fragment AgeGender on AgeGenderSegment {
    age
    gender
    value
    share
  }
`);

export const audienceQuery = (id: string, kind: AudienceKind) =>
  queryOptions({
    queryKey: keys.account(id, 'audience', kind),
    queryFn: async () => (await execute(AudienceQuery, { id, kind })).account?.audience ?? null,
    placeholderData: keepPreviousData,
    refetchInterval: REREAD_MS,
  });
