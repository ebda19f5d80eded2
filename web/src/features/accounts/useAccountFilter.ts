import { useSearchParams } from 'react-router';
import type { AccountFilter, AccountOrder, TokenHealthState, Urgency } from '@/gql/graphql';
import { useDebounced } from '@/lib/useDebounced';

export type UrgencyChoice = 'ALL' | Urgency;

const urgencies: readonly string[] = ['RED', 'AMBER', 'OK'];
/** A disconnected account presses nobody either, but it is not among the healthy ones. */
const healthyStates: TokenHealthState[] = ['HEALTHY', 'DUE', 'REFRESHING', 'THROTTLED'];

/** Search, filter and order live in the address, so that a filtered list can be kept and sent. */
export function useAccountFilter() {
  const [params, setParams] = useSearchParams();
  const search = params.get('q') ?? '';
  const named = params.get('urgency') ?? '';
  const urgency: UrgencyChoice = urgencies.includes(named) ? (named as Urgency) : 'ALL';
  const orderBy: AccountOrder = params.get('sort') === 'name' ? 'USERNAME' : 'URGENCY';

  function set(name: string, value: string) {
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (value) after.set(name, value);
        else after.delete(name);
        return after;
      },
      { replace: true },
    );
  }

  const sought = useDebounced(search).trim();
  const filter: AccountFilter = {};
  if (sought) filter.search = sought;
  if (urgency !== 'ALL') filter.urgency = urgency;
  if (urgency === 'OK') filter.states = healthyStates;

  return {
    search,
    urgency,
    orderBy,
    filter,
    narrowed: search.trim() !== '' || sought !== '' || urgency !== 'ALL',
    setSearch: (value: string) => set('q', value),
    setUrgency: (value: UrgencyChoice) => set('urgency', value === 'ALL' ? '' : value),
    setOrder: (value: AccountOrder) => set('sort', value === 'USERNAME' ? 'name' : ''),
    clear: () => setParams({}, { replace: true }),
  };
}
