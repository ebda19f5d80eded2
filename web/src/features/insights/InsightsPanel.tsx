import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { LoadFailed } from '@/components/ErrorNotice';
import { ExportButtons } from '@/components/ExportButtons';
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

const ranges = [
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
] as const;

type InsightsPanelProps = { accountId: string; collecting: boolean };

/** `collecting` says whether the account can be read, so that days which are missing may still come. */
export function InsightsPanel({ accountId, collecting }: InsightsPanelProps) {
  const group = useId();
  const [chosen, setChosen] = useState<Metric>();
  const [range, setRange] = useState<'7' | '30' | '90'>('30');
  const [asTable, setAsTable] = useState(false);
  const length = Number(range);

  const catalogue = useQuery(metricsQuery);
  const tiles = (catalogue.data ?? []).filter((entry) => entry.headline);
  const selected = catalogue.data?.find((entry) => entry.metric === chosen) ?? tiles[0];
  const metrics = [...new Set([...tiles, ...(selected ? [selected] : [])].map((entry) => entry.metric))];
  const insights = useQuery({
    ...insightsQuery(accountId, metrics, length),
    enabled: metrics.length > 0,
  });

  const all = insights.data?.insights ?? [];
  const series = all.find((one) => one.metric === selected?.metric);
  const points = series ? zipPoints(series) : [];
  // Where Meta gives no past, or a short one, what is missing stays missing.
  const missing = missingNote(points, collecting && selected?.lastDays === null);
  const failed = catalogue.isError ? catalogue : insights;

  return (
    <section className="card" aria-labelledby={`${group}-title`}>
      <div className="card-head">
        <h2 id={`${group}-title`}>Insights</h2>
        <Segmented label="Range" options={ranges} value={range} onChange={setRange} />
      </div>
      <div className="card-body stack">
        {insights.isPending && !failed.isError && <Skeleton block lines={4} />}
        {failed.isError && all.length === 0 && (
          <LoadFailed error={failed.error} retry={() => void failed.refetch()} />
        )}
        {selected && all.length > 0 && (
          <>
            <fieldset className="tiles">
              <legend className="visually-hidden">Metric</legend>
              {tiles.map(({ metric, label }) => {
                const one = all.find((candidate) => candidate.metric === metric);
                const before = insights.data?.previous.find((candidate) => candidate.metric === metric);
                return (
                  <MetricTile
                    key={metric}
                    group={group}
                    label={label}
                    points={one ? zipPoints(one) : []}
                    total={one?.total ?? null}
                    change={one && before && comparable(one.values, before.values)}
                    selected={metric === selected.metric}
                    onSelect={() => setChosen(metric)}
                  />
                );
              })}
            </fieldset>

            <div className="row row-between">
              <div>
                <h3>{selected.label}</h3>
                <p className="muted small">{selected.help}</p>
              </div>
              <select
                className="select"
                aria-label="Metric of the chart"
                value={selected.metric}
                onChange={(event) => setChosen(event.target.value as Metric)}
              >
                {catalogue.data?.map(({ metric, label }) => (
                  <option key={metric} value={metric}>
                    {label}
                  </option>
                ))}
              </select>
            </div>

            <SeriesChart label={selected.label} points={points} level={selected.counts === 'LEVEL'} />

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
              {selected.counts === 'PEOPLE' &&
                'The days of this metric cannot be added up, so no total is shown: the same person may be counted on several days.'}
            </p>

            <details className="series-details" onToggle={(event) => setAsTable(event.currentTarget.open)}>
              <summary>Show as a table</summary>
              {asTable && (
                <SeriesTable
                  accountId={accountId}
                  metric={selected.metric}
                  label={selected.label}
                  length={length}
                />
              )}
            </details>
            <ExportButtons accountId={accountId} what="insights" length={length} />
          </>
        )}
      </div>
    </section>
  );
}
