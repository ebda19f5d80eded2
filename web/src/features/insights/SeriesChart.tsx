import { scaleLinear, scalePoint } from 'd3-scale';
import { area, line } from 'd3-shape';
import { type KeyboardEvent, type PointerEvent, useId, useState } from 'react';
import { formatDay, formatDayLong } from '@/lib/dates';
import { formatCompact, formatCount } from '@/lib/numbers';
import { pointStateLabels } from '@/lib/words';
import { linePieces, loneDays, missingSpans, type Point, summarise, valueDomain } from './series';
import { useWidth } from './useWidth';

const HEIGHT = 260;
const MARGIN = { top: 12, right: 12, bottom: 28, left: 48 };

type SeriesChartProps = { label: string; points: readonly Point[]; level: boolean };

/** A daily series. Solid where final, dashed where Meta may still change it, hatched where nothing is known. */
export function SeriesChart({ label, points, level }: SeriesChartProps) {
  const [frame, width] = useWidth();
  const [at, setAt] = useState<number>();
  const hatch = useId();

  const x = scalePoint<number>()
    .domain(points.map((_, index) => index))
    .range([MARGIN.left, width - MARGIN.right]);
  const y = scaleLinear()
    .domain(valueDomain(points, level))
    .nice(4)
    .range([HEIGHT - MARGIN.bottom, MARGIN.top]);
  const xOf = (index: number) => x(index) ?? 0;
  const base = y(y.domain()[0] ?? 0);
  const step = x.step() || width - MARGIN.left - MARGIN.right;

  const indexes = (piece: { from: number; to: number }) =>
    Array.from({ length: piece.to - piece.from + 1 }, (_, offset) => piece.from + offset);
  const valueAt = (index: number) => points[index]?.value ?? 0;
  const linePath = line<number>(xOf, (index) => y(valueAt(index)));
  const areaPath = area<number>(xOf, base, (index) => y(valueAt(index)));

  const last = points.length - 1;
  const labelEvery = Math.max(1, Math.ceil(points.length / Math.max(2, Math.floor(width / 96))));
  const active = at === undefined ? undefined : points[Math.min(at, last)];

  function onPointerMove(event: PointerEvent<HTMLDivElement>) {
    const left = event.clientX - event.currentTarget.getBoundingClientRect().left;
    const index = Math.round((left - MARGIN.left) / (x.step() || 1));
    setAt(Math.min(last, Math.max(0, index)));
  }

  function onKeyDown(event: KeyboardEvent) {
    const from = at ?? last;
    const target = { ArrowLeft: from - 1, ArrowRight: from + 1, Home: 0, End: last }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    setAt(Math.min(last, Math.max(0, target)));
  }

  return (
    <figure className="series" ref={frame}>
      <div
        role="slider"
        className="series-plot"
        tabIndex={0}
        aria-label={`${label}, day by day. ${summarise(points, formatCount)}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, last)}
        aria-valuenow={Math.min(at ?? last, last)}
        aria-valuetext={readOut(points[Math.min(at ?? last, last)])}
        onPointerMove={onPointerMove}
        onPointerLeave={() => setAt(undefined)}
        onFocus={() => setAt((before) => before ?? last)}
        onBlur={() => setAt(undefined)}
        onKeyDown={onKeyDown}
      >
        <svg width={width} height={HEIGHT} aria-hidden="true">
          <defs>
            <pattern
              id={hatch}
              width="6"
              height="6"
              patternUnits="userSpaceOnUse"
              patternTransform="rotate(45)"
            >
              <line className="series-hatch" x1="0" y1="0" x2="0" y2="6" />
            </pattern>
          </defs>

          {missingSpans(points).map((span) => {
            const left = Math.max(MARGIN.left, xOf(span.from) - step / 2);
            const right = Math.min(width - MARGIN.right, xOf(span.to) + step / 2);
            return (
              <rect
                key={span.from}
                data-testid="missing"
                x={left}
                y={MARGIN.top}
                width={Math.max(1, right - left)}
                height={HEIGHT - MARGIN.top - MARGIN.bottom}
                fill={`url(#${hatch})`}
              />
            );
          })}

          {y.ticks(4).map((tick) => (
            <g key={tick}>
              <line
                className="series-grid"
                x1={MARGIN.left}
                x2={width - MARGIN.right}
                y1={y(tick)}
                y2={y(tick)}
              />
              <text className="series-tick" x={MARGIN.left - 8} y={y(tick)} dy="0.32em" textAnchor="end">
                {formatCompact(tick)}
              </text>
            </g>
          ))}
          {points.map((point, index) =>
            (last - index) % labelEvery === 0 ? (
              <text
                key={point.day}
                className="series-tick"
                x={xOf(index)}
                y={HEIGHT - 8}
                textAnchor={index === last ? 'end' : index === 0 ? 'start' : 'middle'}
              >
                {formatDay(point.day)}
              </text>
            ) : null,
          )}

          {linePieces(points).map((piece) => (
            <g key={piece.from} data-testid={piece.provisional ? 'provisional' : 'final'}>
              <path className="series-area" d={areaPath(indexes(piece)) ?? undefined} />
              <path
                className={piece.provisional ? 'series-line series-line-provisional' : 'series-line'}
                d={linePath(indexes(piece)) ?? undefined}
              />
            </g>
          ))}
          {loneDays(points).map((index) => (
            <circle key={index} className="series-dot" cx={xOf(index)} cy={y(valueAt(index))} r="3" />
          ))}

          {at !== undefined && active && (
            <g>
              <line
                className="series-cursor"
                x1={xOf(Math.min(at, last))}
                x2={xOf(Math.min(at, last))}
                y1={MARGIN.top}
                y2={HEIGHT - MARGIN.bottom}
              />
              {active.value !== null && (
                <circle className="series-focus" cx={xOf(Math.min(at, last))} cy={y(active.value)} r="4.5" />
              )}
            </g>
          )}
        </svg>
      </div>
      {at !== undefined && active && (
        <div
          className="series-tip"
          aria-hidden="true"
          style={{ left: `${Math.min(width - 90, Math.max(90, xOf(Math.min(at, last))))}px` }}
        >
          <strong className="number">{active.value === null ? 'No value' : formatCount(active.value)}</strong>
          <span>{formatDayLong(active.day)}</span>
          {active.state !== 'FINAL' && <span>{pointStateLabels[active.state]}</span>}
        </div>
      )}
    </figure>
  );
}

function readOut(point: Point | undefined): string {
  if (!point) return 'No days';
  const value = point.value === null ? 'no value' : formatCount(point.value);
  return `${formatDayLong(point.day)}: ${value}, ${pointStateLabels[point.state].toLowerCase()}`;
}
