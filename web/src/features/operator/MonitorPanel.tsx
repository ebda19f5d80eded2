import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import { Field } from '@/components/Field';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { MonitorSettingsFragment, OperatorQuery } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { operatorChanged } from '@/lib/keys';
import { formatCount } from '@/lib/numbers';
import { useAction } from '@/lib/useAction';
import { UpdateMonitor } from './queries';

type Operator = NonNullable<OperatorQuery['operator']>;
type MonitorPanelProps = {
  monitor: MonitorSettingsFragment;
  lastSweep?: Operator['monitor']['lastSweep'];
  checks: Operator['checks'];
};

/** How tokens are checked, how that went, and changing it. */
export function MonitorPanel({ monitor, lastSweep, checks }: MonitorPanelProps) {
  const say = useToast();
  // What somebody has typed, until it is saved; meanwhile what others save still shows elsewhere.
  const [draft, setDraft] = useState<{ interval?: string; batch?: string; heal?: boolean }>({});
  const interval = draft.interval ?? monitor.intervalMinutes?.toString() ?? '';
  const batch = draft.batch ?? monitor.batchSize.toString();
  const heal = draft.heal ?? monitor.autoHeal;
  const update = useAction({
    fields: ['intervalMinutes', 'batchSize'] as const,
    run: async () => {
      const intervalMinutes = interval.trim() === '' ? null : Number(interval);
      const input = { intervalMinutes, batchSize: Number(batch), autoHeal: heal };
      return (await execute(UpdateMonitor, { input })).updateMonitor;
    },
    done: async () => {
      await operatorChanged();
      setDraft({});
      say('The monitor is changed. It holds everywhere from now on.');
    },
  });
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    update.start(undefined);
  };

  return (
    <section className="card" aria-labelledby="monitor-title">
      <div className="card-head">
        <h2 id="monitor-title">Monitor</h2>
        <p className="muted small">
          Last round: <Time at={lastSweep?.begunAt} missing="none yet" relative />
          {lastSweep && !lastSweep.endedAt && ', still going on'}
        </p>
      </div>
      <form className="card-body stack" onSubmit={onSubmit}>
        <FormNotice messages={update.errors.top} />
        <div className="operator-fields">
          <Field
            label="Minutes between checks"
            type="number"
            min={5}
            max={1440}
            placeholder="as configured"
            hint="5 to 1440. Empty: as the configuration’s cron line says."
            value={interval}
            onChange={(event) => setDraft({ ...draft, interval: event.target.value })}
            error={update.errors.fields.intervalMinutes}
          />
          <Field
            label="Checks at once"
            type="number"
            min={1}
            max={100}
            required
            hint="1 to 100, for each worker."
            value={batch}
            onChange={(event) => setDraft({ ...draft, batch: event.target.value })}
            error={update.errors.fields.batchSize}
          />
        </div>
        <label className="choice">
          <input
            type="checkbox"
            checked={heal}
            onChange={(event) => setDraft({ ...draft, heal: event.target.checked })}
          />
          <span>
            <strong>Auto-heal</strong>
            <span className="muted small">
              Checks on schedule repair what they can. Off, they only ask Meta and write down what it says.
            </span>
          </span>
        </label>
        <div className="row row-between">
          <Button type="submit" look="primary" busy={update.busy} disabled={Object.keys(draft).length === 0}>
            Save
          </Button>
          <p className="muted small">
            In 24 hours: {formatCount(checks.succeeded)} succeeded, {formatCount(checks.healed)} of them
            repaired something, {formatCount(checks.failed)} failed, {formatCount(checks.skipped)} skipped
          </p>
        </div>
      </form>
    </section>
  );
}
