const full = new Intl.NumberFormat('en');
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });
const signedPercent = new Intl.NumberFormat('en', {
  style: 'percent',
  maximumFractionDigits: 0,
  signDisplay: 'exceptZero',
});

export const formatCount = (value: number): string => full.format(value);
export const formatCompact = (value: number): string => short.format(value);
export const formatShare = (share: number): string => percent.format(share);

export function plural(count: number, one: string, many: string = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Change against the period before; nothing when there is nothing to compare with. */
export function formatChange(now: number, before: number): string | undefined {
  return before === 0 ? undefined : signedPercent.format((now - before) / before);
}
