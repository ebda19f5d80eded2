import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import type { AudienceKind, AudienceQuery, AudienceState } from '@/gql/graphql';
import { formatDayLong } from '@/lib/dates';
import { AgePyramid } from './AgePyramid';
import './audience.css';
import { audienceQuery } from './queries';
import { SegmentBars } from './SegmentBars';

const kinds: { value: AudienceKind; label: string }[] = [
  { value: 'FOLLOWERS', label: 'Followers' },
  { value: 'ENGAGED', label: 'Engaged' },
];

/** Why there are no figures: a state of its own, never a chart of zeros. */
const absences: Record<Exclude<AudienceState, 'AVAILABLE'>, { title: string; text: string }> = {
  BELOW_THRESHOLD: {
    title: 'Too few people to describe',
    text: 'Meta describes an audience only from 100 people on, so that nobody can be recognised. Nothing is broken: the figures appear by themselves once the account has grown.',
  },
  NO_PERMISSION: {
    title: 'The permission for audience data is missing',
    text: 'Reconnect the account and leave the permission for insights switched on.',
  },
  NOT_SUPPORTED: {
    title: 'Meta offers no audience data here',
    text: 'This kind of account or login has no audience figures.',
  },
};

export function AudiencePanel({ accountId }: { accountId: string }) {
  const [kind, setKind] = useState<AudienceKind>('FOLLOWERS');
  const { data: snapshot, error, isPending, refetch } = useQuery(audienceQuery(accountId, kind));

  return (
    <section className="card" aria-labelledby="audience-title">
      <div className="card-head">
        <h2 id="audience-title">Audience</h2>
        <Segmented label="Whose audience" options={kinds} value={kind} onChange={setKind} />
      </div>
      <div className="card-body">
        {isPending && <Skeleton block lines={3} />}
        {error && !snapshot && <LoadFailed error={error} retry={() => void refetch()} />}
        {snapshot === null && (
          <EmptyState icon="clock" title="Not collected yet">
            The audience is read once a day. The first reading follows soon after connecting.
          </EmptyState>
        )}
        {snapshot && <Snapshot snapshot={snapshot} />}
      </div>
    </section>
  );
}

type SnapshotData = NonNullable<NonNullable<AudienceQuery['account']>['audience']>;

function Snapshot({ snapshot }: { snapshot: SnapshotData }) {
  if (snapshot.state !== 'AVAILABLE') {
    const absence = absences[snapshot.state];
    return (
      <EmptyState icon="accounts" title={absence.title}>
        {absence.text}
      </EmptyState>
    );
  }
  return (
    <div className="stack">
      <div className="audience">
        <AgePyramid segments={snapshot.ageGender} />
        <SegmentBars title="Countries" segments={snapshot.countries} countries />
        <SegmentBars title="Cities" segments={snapshot.cities} />
      </div>
      <p className="muted small">
        As of {formatDayLong(snapshot.day)}, collected <Time at={snapshot.collectedAt} relative />. Meta names
        only the largest countries and cities.
      </p>
    </div>
  );
}
