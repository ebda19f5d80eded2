import { useId } from 'react';
import type { ChannelEvent } from '@/gql/graphql';
import { channelEventLabels, deliveryEventLabels } from '@/lib/words';

const all = Object.keys(channelEventLabels) as ChannelEvent[];

type EventChoiceProps = {
  chosen: readonly ChannelEvent[];
  onChange: (chosen: ChannelEvent[]) => void;
  error: string | undefined;
};

export function EventChoice({ chosen, onChange, error }: EventChoiceProps) {
  const errorId = useId();
  return (
    <fieldset className="channel-events" aria-describedby={error && errorId}>
      <legend className="field-label">Events</legend>
      {all.map((event) => (
        <label key={event} className="channel-event">
          <input
            type="checkbox"
            className="checkbox"
            checked={chosen.includes(event)}
            onChange={({ target }) =>
              onChange(all.filter((one) => (one === event ? target.checked : chosen.includes(one))))
            }
          />
          <span>
            {channelEventLabels[event]} <code className="muted small">{deliveryEventLabels[event]}</code>
          </span>
        </label>
      ))}
      {error && (
        <p className="field-error" id={errorId}>
          {error}
        </p>
      )}
    </fieldset>
  );
}
