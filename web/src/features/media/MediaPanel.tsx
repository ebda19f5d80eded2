import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { MoreButton } from '@/components/MoreButton';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import type { MediaKind, MediaMetric } from '@/gql/graphql';
import { MediaList } from './MediaList';
import './media.css';
import { mediaMetricsQuery, mediaQuery } from './queries';

type KindChoice = MediaKind | 'ALL';
type SortChoice = MediaMetric | 'NEWEST';

const kinds: { value: KindChoice; label: string }[] = [
  { value: 'ALL', label: 'All' },
  { value: 'FEED', label: 'Posts' },
  { value: 'REELS', label: 'Reels' },
  { value: 'STORY', label: 'Stories' },
];

/** Posts, reels and stories of one account with their figures. */
export function MediaPanel({ accountId }: { accountId: string }) {
  const title = useId();
  const [kind, setKind] = useState<KindChoice>('ALL');
  const [sort, setSort] = useState<SortChoice>('NEWEST');
  const choice = { kind: kind === 'ALL' ? null : kind, sort: sort === 'NEWEST' ? null : sort };
  const query = useInfiniteQuery(mediaQuery(accountId, choice));
  const catalogue = useQuery(mediaMetricsQuery).data ?? [];

  const pages = query.data?.pages ?? [];
  const media = pages.flatMap((page) => page?.media.nodes ?? []);
  const account = pages[0];
  const gap = account?.storyGaps[0];

  return (
    <section className="card media" aria-labelledby={title}>
      <div className="card-head">
        <h2 id={title}>Media</h2>
        <div className="row">
          <Segmented label="Which media" options={kinds} value={kind} onChange={setKind} />
          <select
            className="select"
            aria-label="Order of media"
            value={sort}
            onChange={(event) => setSort(event.target.value as SortChoice)}
          >
            <option value="NEWEST">Newest first</option>
            {catalogue
              .filter(({ headline, kinds }) => headline && (kind === 'ALL' || kinds.includes(kind)))
              .map(({ metric, label }) => (
                <option key={metric} value={metric}>
                  Most by {label.toLowerCase()}
                </option>
              ))}
          </select>
        </div>
      </div>
      {query.isPending && (
        <div className="card-body">
          <Skeleton block lines={4} />
        </div>
      )}
      {query.isError && media.length === 0 && (
        <LoadFailed error={query.error} retry={() => void query.refetch()} />
      )}
      {query.isSuccess && media.length === 0 && <Nothing collected={Boolean(account?.mediaCollectedAt)} />}
      {media.length > 0 && <MediaList media={media} catalogue={catalogue} />}
      <MoreButton query={query} />
      {gap && kind !== 'FEED' && kind !== 'REELS' && (
        <p className="media-note soft small">
          Stories published between <Time at={gap.from} /> and <Time at={gap.to} /> came and went while the
          account could not be read. They are lost.
        </p>
      )}
    </section>
  );
}

function Nothing({ collected }: { collected: boolean }) {
  return collected ? (
    <EmptyState icon="search" title="Nothing of this kind">
      The account has published none in the last two years, which is as long as Meta keeps figures of media.
    </EmptyState>
  ) : (
    <EmptyState icon="clock" title="Not collected yet">
      Media and stories are listed every few hours. The first list follows soon after connecting.
    </EmptyState>
  );
}
