import { useMutation } from '@tanstack/react-query';
import { metaRange } from '@/lib/dates';
import { download } from '@/lib/download';
import { failureText } from '@/lib/errors';
import { Button } from './Button';

const endings = [
  { ending: 'csv', label: 'CSV' },
  { ending: 'jsonl', label: 'JSON Lines' },
] as const;

type ExportButtonsProps = { accountId: string; what: 'insights' | 'audience' | 'media'; length: number };

/** Downloads the numbers of the last days, gaps and their reasons included. */
export function ExportButtons({ accountId, what, length }: ExportButtonsProps) {
  const saving = useMutation({ mutationFn: download });
  const { from, to } = metaRange(length);
  const query = new URLSearchParams({ account: accountId, from, to });
  return (
    <div className="row small">
      <span className="muted">Download {length} days:</span>
      {endings.map(({ ending, label }) => (
        <Button
          key={ending}
          look="quiet"
          small
          busy={saving.isPending}
          aria-label={`Download ${what} as ${label}`}
          onClick={() => saving.mutate(`/api/export/${what}.${ending}?${query}`)}
        >
          {label}
        </Button>
      ))}
      {saving.isError && <span role="alert">{failureText(saving.error)}</span>}
    </div>
  );
}
