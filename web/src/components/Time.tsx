import { formatInstant, formatRelative } from '@/lib/dates';

type TimeProps = { at: string | null | undefined; missing?: string; relative?: boolean };

/** An instant in the viewer's zone; the relative form carries the exact one as its title. */
export function Time({ at, missing = 'Never', relative = false }: TimeProps) {
  if (!at) return <span className="muted">{missing}</span>;
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {relative ? formatRelative(at) : formatInstant(at)}
    </time>
  );
}
