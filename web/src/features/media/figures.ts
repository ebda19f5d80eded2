import type { MediaItemFragment, MediaMetric, MediaMetricState, MetricUnit } from '@/gql/graphql';
import { formatCount, formatShare } from '@/lib/numbers';

export type MetricInfo = {
  metric: MediaMetric;
  label: string;
  help: string;
  unit: MetricUnit;
  headline: boolean;
};
export type FigureValue = MediaItemFragment['metrics'][number];

/** Why there is no value: never a zero. */
const absences: Record<Exclude<MediaMetricState, 'FINAL' | 'PROVISIONAL'>, string> = {
  NOT_READY: 'Not read yet',
  NOT_SUPPORTED: 'Not offered',
  BELOW_THRESHOLD: 'Too few viewers',
  HIDDEN: 'Hidden',
};

/** A value in the words of its unit, or why there is none. */
export function figureText({ value, state }: FigureValue, unit: MetricUnit): string {
  if (value === null || value === undefined) {
    return state === 'FINAL' || state === 'PROVISIONAL' ? absences.NOT_READY : absences[state];
  }
  if (unit === 'MILLISECONDS') return formatSeconds(value / 1000);
  if (unit === 'BASIS_POINTS') return formatShare(value / 10_000);
  return formatCount(value);
}

function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${formatCount(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

export type Figure = { info: MetricInfo; value: FigureValue; text: string };

/** The figures of a media in the order of the catalogue: those at first sight, and the others. */
export function figures(
  values: readonly FigureValue[],
  catalogue: readonly MetricInfo[],
): { headline: Figure[]; more: Figure[] } {
  const all = catalogue.flatMap((info) => {
    const value = values.find(({ metric }) => metric === info.metric);
    return value ? [{ info, value, text: figureText(value, info.unit) }] : [];
  });
  return {
    headline: all.filter(({ info }) => info.headline),
    more: all.filter(({ info }) => !info.headline),
  };
}

const LONGEST_CAPTION = 90;

/** The beginning of a caption, cut between words. */
export function excerpt(caption: string | null | undefined): string | undefined {
  const text = caption?.replaceAll(/\s+/g, ' ').trim();
  if (!text) return undefined;
  if (text.length <= LONGEST_CAPTION) return text;
  const cut = text.slice(0, LONGEST_CAPTION);
  const space = cut.lastIndexOf(' ');
  return `${space > 40 ? cut.slice(0, space) : cut}…`;
}
