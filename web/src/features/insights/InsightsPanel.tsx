import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { LoadFailed } from '@/components/ErrorNotice';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import type { Metric } from '@/gql/graphql';
import { metaDayEnd } from '@/lib/dates';
import './insights.css';
import { MetricTile } from './MetricTile';
import { insightsQuery, metricsQuery } from './queries';
import { SeriesChart } from './SeriesChart';
import { SeriesTable } from './SeriesTable';
import { comparable, missingNote, zipPoints } from './series';

const TILES: Metric[] = [
  'REACH',
  'VIEWS',
  'ACCOUNTS_ENGAGED',
  'TOTAL_INTERACTIONS',
  'FOLLOWERS_COUNT',
  'FOLLOWER_COUNT',
];
/** A level is what stands at the end of a day, not what happened in it. */
const LEVELS: readonly Metric[] = ['FOLLOWERS_COUNT'];
/** Of these Meta gives no past, or a short one: what is missing there stays missing. */
const WITHOUT_PAST: readonly Metric[] = ['FOLLOWERS_COUNT', 'FOLLOWER_COUNT'];

const ranges = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const;

type InsightsPanelProps = { accountId: string; collecting: boolean };

/** `collecting` says whether the account can be read, so that days which are missing may still come. */
export function InsightsPanel({ accountId, collecting }: InsightsPanelProps) {
  const group = useId();
  const [selected, setSelected] = useState<Metric>('REACH');
  const [range, setRange] = useState<'7' | '30' | '90'>('30');
  const [asTable, setAsTable] = useState(false);
  const length = Number(range);

  const metrics = TILES.includes(selected) ? TILES : [...TILES, selected];
  const insights = useQuery(insightsQuery(accountId, metrics, length));
  const catalogue = useQuery(metricsQuery).data ?? [];
  const describe = (metric: Metric) => catalogue.find((entry) => entry.metric === metric);
  const labelOf = (metric: Metric) => describe(metric)?.label ?? metric.toLowerCase().replaceAll('_', ' ');

  const all = insights.data?.insights ?? [];
  const series = all.find((one) => one.metric === selected);
  const points = series ? zipPoints(series) : [];
  const missing = missingNote(points, collecting && !WITHOUT_PAST.includes(selected));

  return (
    <section className="card" aria-labelledby={`${group}-title`}>
      <div className="card-head">
        <h2 id={`${group}-title`}>Insights</h2>
        <Segmented label="Range" options={ranges} value={range} onChange={setRange} />
      </div>
      <div className="card-body stack">
        {insights.isPending && <Skeleton block lines={4} />}
        {insights.isError && all.length === 0 && (
          <LoadFailed error={insights.error} retry={() => void insights.refetch()} />
        )}
        {all.length > 0 && (
          <>
            <fieldset className="tiles">
              <legend className="visually-hidden">Metric</legend>
              {TILES.map((metric) => {
                const one = all.find((candidate) => candidate.metric === metric);
                const before = insights.data?.previous.find((candidate) => candidate.metric === metric);
                return (
                  <MetricTile
                    key={metric}
                    group={group}
                    label={labelOf(metric)}
                    points={one ? zipPoints(one) : []}
                    total={one?.total ?? null}
                    change={one && before && comparable(one.values, before.values)}
                    selected={metric === selected}
                    onSelect={() => setSelected(metric)}
                  />
                );
              })}
            </fieldset>

            <div className="row row-between">
              <div>
                <h3>{labelOf(selected)}</h3>
                <p className="muted small">{describe(selected)?.help}</p>
              </div>
              <select
                className="select"
                aria-label="Metric of the chart"
                value={selected}
                onChange={(event) => setSelected(event.target.value as Metric)}
              >
                {(catalogue.length > 0 ? catalogue.map(({ metric }) => metric) : metrics).map((metric) => (
                  <option key={metric} value={metric}>
                    {labelOf(metric)}
                  </option>
                ))}
              </select>
            </div>

            <SeriesChart label={labelOf(selected)} points={points} level={LEVELS.includes(selected)} />

            {missing && <p className="soft small">{missing}</p>}
            <ul className="legend small">
              <li>
                <span className="legend-line" /> Final
              </li>
              <li>
                <span className="legend-line legend-line-provisional" /> Provisional, may still change
              </li>
              <li>
                <span className="legend-gap" /> Missing, which is not zero
              </li>
            </ul>
            <p className="muted small">
              A day of Meta ends at midnight Pacific time, which is {metaDayEnd()} on your clock.{' '}
              {describe(selected)?.additive === false &&
                !LEVELS.includes(selected) &&
                'The days of this metric cannot be added up, so no total is shown: the same person may be counted on several days.'}
            </p>

            <details className="series-details" onToggle={(event) => setAsTable(event.currentTarget.open)}>
              <summary>Show as a table</summary>
              {asTable && (
                <SeriesTable
                  accountId={accountId}
                  metric={selected}
                  label={labelOf(selected)}
                  length={length}
                />
              )}
            </details>
          </>
        )}
      </div>
    </section>
  );
}
