import { useState } from 'react';
import { Banner } from '@/components/Banner';
import { Button } from '@/components/Button';
import { Dialog } from '@/components/Dialog';
import { FormNotice } from '@/components/ErrorNotice';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { OperatorQuery } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { operatorChanged } from '@/lib/keys';
import { plural } from '@/lib/numbers';
import { useAction } from '@/lib/useAction';
import { ReleaseBrake } from './queries';

const HOURS = 1;
type Brake = NonNullable<OperatorQuery['operator']>['brake'];

/** What the brake holds, and letting it go. Says nothing while it does nothing. */
export function BrakePanel({ brake }: { brake: Brake }) {
  const say = useToast();
  const [asking, setAsking] = useState(false);
  const release = useAction({
    run: async () => (await execute(ReleaseBrake, { input: { hours: HOURS } })).releaseBrake,
    done: async () => {
      setAsking(false);
      say(`The brake is released for ${plural(HOURS, 'hour')}.`);
      await operatorChanged();
    },
  });

  return (
    <>
      {brake.isHolding && (
        <Banner
          tone="red"
          label="The brake"
          action={
            <Button small onClick={() => setAsking(true)}>
              Release the brake
            </Button>
          }
        >
          <strong>The brake holds {plural(brake.held, 'account')}.</strong>
          <p className="soft">
            So many accounts are refused at once that the fault is probably Meta’s or this installation’s.
            Nobody is declared broken or written to. Since <Time at={brake.since} />.
          </p>
        </Banner>
      )}
      {brake.releasedUntil && (
        <Banner tone="amber" label="The brake is released">
          <strong>The brake is released.</strong>
          <p className="soft">
            What Meta refuses is declared broken, however much it is, until <Time at={brake.releasedUntil} />.
          </p>
        </Banner>
      )}
      {asking && (
        <Dialog title="Release the brake?" onClose={() => setAsking(false)}>
          <p className="soft">
            What is held is asked about once more within a few minutes. What Meta then still refuses is
            declared broken, and its owners get a mail. Look at the app in Meta’s dashboard first.
          </p>
          <FormNotice messages={release.errors.top} />
          <div className="row dialog-actions">
            <Button onClick={() => setAsking(false)}>Cancel</Button>
            <Button look="danger" busy={release.busy} onClick={() => release.start(undefined)}>
              Release for {plural(HOURS, 'hour')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
