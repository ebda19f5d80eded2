import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/Button';
import { EmptyState } from '@/components/EmptyState';
import { FormNotice, LoadFailed } from '@/components/ErrorNotice';
import { MoreButton } from '@/components/MoreButton';
import { Segmented } from '@/components/Segmented';
import { Skeleton } from '@/components/Skeleton';
import { Time } from '@/components/Time';
import { useToast } from '@/components/Toasts';
import type { ChannelDeliveriesQuery, ChannelItemFragment, DeliveryState } from '@/gql/graphql';
import { execute } from '@/lib/graphql';
import { useAction } from '@/lib/useAction';
import { deliveryEventLabels, deliveryProblemLabels, deliveryStateLabels } from '@/lib/words';
import { channelChanged, deliveriesQuery, ReplayDelivery, ReplayFailedDeliveries } from './queries';

type Delivery = NonNullable<ChannelDeliveriesQuery['channel']>['deliveries']['nodes'][number];
type Which = 'ALL' | DeliveryState;

const DAY_MS = 86_400_000;
/** Deliveries are kept for so long. */
const KEPT_DAYS = 30;

const options: { value: Which; label: string }[] = [
  { value: 'ALL', label: 'All' },
  { value: 'WAITING', label: 'Waiting' },
  { value: 'GIVEN_UP', label: 'Given up' },
];

const tones: Record<DeliveryState, string> = {
  WAITING: 'pill pill-amber',
  DELIVERED: 'pill pill-ok',
  GIVEN_UP: 'pill pill-red',
};

type DeliveryLogProps = { channel: ChannelItemFragment; workspaceId: string };

export function DeliveryLog({ channel, workspaceId }: DeliveryLogProps) {
  const say = useToast();
  const [which, setWhich] = useState<Which>('ALL');
  const query = useInfiniteQuery(deliveriesQuery(channel.id, which === 'ALL' ? null : which));
  const deliveries = query.data?.pages.flatMap((page) => page?.nodes ?? []) ?? [];

  const replay = useAction({
    run: async (deliveryId: string) =>
      (await execute(ReplayDelivery, { input: { deliveryId } })).replayDelivery,
    done: async () => {
      say('The event is sent again.');
      await channelChanged(workspaceId, channel.id);
    },
  });
  const replayAll = useAction({
    run: async (days: number) => {
      const since = new Date(Date.now() - days * DAY_MS).toISOString();
      return (await execute(ReplayFailedDeliveries, { input: { channelId: channel.id, since } }))
        .replayFailedDeliveries;
    },
    done: async ({ count }) => {
      say(count ? `${count} events are sent again.` : 'Nothing was given up.');
      await channelChanged(workspaceId, channel.id);
    },
  });

  return (
    <section className="card" aria-labelledby="log-title">
      <div className="card-head">
        <h2 id="log-title">Deliveries</h2>
        <div className="row">
          <Segmented label="Which deliveries" options={options} value={which} onChange={setWhich} />
          {which === 'GIVEN_UP' && deliveries.length > 0 && !channel.disabledAt && (
            <Button small busy={replayAll.busy} onClick={() => replayAll.start(KEPT_DAYS)}>
              Send all again
            </Button>
          )}
        </div>
      </div>
      <FormNotice messages={[...replay.errors.top, ...replayAll.errors.top]} />
      {query.isPending && (
        <div className="card-body">
          <Skeleton lines={4} />
        </div>
      )}
      {query.isError && <LoadFailed error={query.error} retry={() => void query.refetch()} />}
      {query.isSuccess && deliveries.length === 0 && (
        <EmptyState icon="clock" title={which === 'ALL' ? 'Nothing was sent yet' : 'Nothing here'}>
          What is sent to this channel is listed here for 30 days, with what the receiver answered.
        </EmptyState>
      )}
      {deliveries.length > 0 && (
        <ul className="deliveries">
          {deliveries.map((delivery) => (
            <DeliveryRow
              key={delivery.id}
              delivery={delivery}
              busy={replay.busy}
              onReplay={channel.disabledAt ? null : () => replay.start(delivery.id)}
            />
          ))}
        </ul>
      )}
      <MoreButton query={query} />
    </section>
  );
}

type DeliveryRowProps = { delivery: Delivery; busy: boolean; onReplay: (() => void) | null };

function DeliveryRow({ delivery, busy, onReplay }: DeliveryRowProps) {
  return (
    <li className="delivery">
      <div className="row row-between">
        <div className="row">
          <span className={tones[delivery.state]}>{deliveryStateLabels[delivery.state]}</span>
          <code>{deliveryEventLabels[delivery.event]}</code>
          <span className="soft small">
            <Time at={delivery.createdAt} />
          </span>
        </div>
        {onReplay && delivery.state !== 'WAITING' && (
          <Button small busy={busy} onClick={onReplay}>
            Send again
          </Button>
        )}
      </div>
      <p className="small">{outcome(delivery)}</p>
      <details>
        <summary className="small">Details</summary>
        <dl className="delivery-facts small">
          <dt>Event</dt>
          <dd>
            <code>{delivery.eventId}</code>
          </dd>
          <dt>Last attempt</dt>
          <dd>
            <Time at={delivery.lastAttemptAt} />
          </dd>
          <dt>Next attempt</dt>
          <dd>
            <Time at={delivery.nextAttemptAt} missing="None" />
          </dd>
          <dt>Answer</dt>
          <dd>{delivery.answer ? <code>{delivery.answer}</code> : <span className="muted">Empty</span>}</dd>
          <dt>Sent</dt>
          <dd>
            <code>{delivery.body}</code>
          </dd>
        </dl>
      </details>
    </li>
  );
}

function outcome({ attempts, statusCode, problem, durationMs }: Delivery): string {
  if (attempts === 0) return problem ? `${deliveryProblemLabels[problem]}.` : 'It is sent in a moment.';
  const times = attempts === 1 ? '1 attempt' : `${attempts} attempts`;
  const answer = statusCode == null ? null : `answer ${statusCode}`;
  const took = durationMs == null ? null : `${durationMs} ms`;
  return [times, answer, took, problem && deliveryProblemLabels[problem]].filter(Boolean).join(' · ');
}
