/** Instants are shown in the viewer's zone; Meta's days are calendar days and have no zone of their own. */

const META_ZONE = 'America/Los_Angeles';
const DAY_MS = 86_400_000;

const instantFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const longDayFormat = new Intl.DateTimeFormat('en-GB', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});
const relativeFormat = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });
const metaDayFormat = new Intl.DateTimeFormat('en-CA', { timeZone: META_ZONE });

export function formatInstant(iso: string): string {
  return instantFormat.format(new Date(iso));
}

export function formatDate(iso: string): string {
  return dateFormat.format(new Date(iso));
}

/** A calendar day such as `2026-11-20`, short: `20 Nov`. */
export function formatDay(day: string): string {
  return dayFormat.format(new Date(`${day}T00:00:00Z`));
}

export function formatDayLong(day: string): string {
  return longDayFormat.format(new Date(`${day}T00:00:00Z`));
}

const steps: [limit: number, unit: Intl.RelativeTimeFormatUnit, size: number][] = [
  [3_600_000, 'minute', 60_000],
  [DAY_MS, 'hour', 3_600_000],
  [30 * DAY_MS, 'day', DAY_MS],
];

/** "5 min. ago", "in 3 days"; "just now" within the minute, and the date when it is a month away. */
export function formatRelative(iso: string, now: number = Date.now()): string {
  const distance = new Date(iso).getTime() - now;
  if (Math.abs(distance) < 60_000) return 'just now';
  for (const [limit, unit, size] of steps) {
    if (Math.abs(distance) < limit) return relativeFormat.format(Math.trunc(distance / size), unit);
  }
  return formatDate(iso);
}

export function formatDuration(startIso: string, endIso: string): string {
  const ms = new Date(endIso).getTime() - new Date(startIso).getTime();
  if (ms < 1000) return `${Math.max(0, ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

export function formatDaysLeft(days: number): string {
  if (days < 0) return 'expired';
  if (days === 0) return 'expires today';
  return days === 1 ? '1 day left' : `${days} days left`;
}

/** The day that Meta is counting right now: it ends at midnight Pacific time, daylight saving included. */
export function metaToday(now: Date = new Date()): string {
  return metaDayFormat.format(now);
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The last `length` days of Meta, today included. */
export function metaRange(length: number, now: Date = new Date()): { from: string; to: string } {
  const to = metaToday(now);
  return { from: addDays(to, 1 - length), to };
}

/** When the day of Meta ends on the viewer's clock, such as `09:00`. */
export function metaDayEnd(now: Date = new Date()): string {
  // Midnight in the Pacific zone is found by trying both of its offsets.
  const tomorrow = addDays(metaToday(now), 1);
  const standard = new Date(`${tomorrow}T08:00:00Z`);
  const summer = new Date(`${tomorrow}T07:00:00Z`);
  const end = metaToday(summer) === tomorrow ? summer : standard;
  return end.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}
