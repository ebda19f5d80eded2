import { useEffect, useRef } from 'react';
import type { CandidateFragment, CandidateState } from '@/gql/graphql';
import { formatCompact, plural } from '@/lib/numbers';

const reasons: Record<Exclude<CandidateState, 'SELECTABLE'>, string> = {
  ALREADY_CONNECTED: 'Already connected here',
  NO_PROFESSIONAL_ACCOUNT: 'No professional Instagram account',
  ROLE_MISSING: 'Your role on the Page is not enough',
};

type CandidateListProps = {
  candidates: readonly CandidateFragment[];
  chosen: ReadonlySet<string>;
  onChange: (chosen: ReadonlySet<string>) => void;
};

export function CandidateList({ candidates, chosen, onChange }: CandidateListProps) {
  const selectable = candidates.filter(({ state, instagramId }) => state === 'SELECTABLE' && instagramId);
  const others = candidates.filter((candidate) => !selectable.includes(candidate));
  const ids = selectable.flatMap(({ instagramId }) => (instagramId ? [instagramId] : []));
  const allBox = useRef<HTMLInputElement>(null);
  const some = chosen.size > 0 && chosen.size < ids.length;

  useEffect(() => {
    // The half-ticked look is a property of the element, not an attribute.
    if (allBox.current) allBox.current.indeterminate = some;
  }, [some]);

  function toggle(id: string) {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    onChange(next);
  }

  return (
    <div className="stack">
      {selectable.length > 0 && (
        <fieldset className="candidates">
          <legend>{plural(selectable.length, 'account')} to choose from</legend>
          {ids.length > 1 && (
            <label className="candidate candidate-all">
              <input
                ref={allBox}
                type="checkbox"
                className="checkbox"
                checked={chosen.size === ids.length}
                onChange={() => onChange(new Set(chosen.size === ids.length ? [] : ids))}
              />
              <span>Select all</span>
            </label>
          )}
          {selectable.map((candidate) => {
            const id = candidate.instagramId ?? '';
            return (
              <label key={id} className="candidate">
                <input
                  type="checkbox"
                  className="checkbox"
                  checked={chosen.has(id)}
                  onChange={() => toggle(id)}
                />
                <CandidateName candidate={candidate} />
              </label>
            );
          })}
        </fieldset>
      )}
      {others.length > 0 && (
        <section className="stack stack-tight" aria-label="Cannot be chosen">
          <h2>Cannot be chosen</h2>
          <ul className="candidates">
            {others.map((candidate) => (
              <li key={`${candidate.instagramId} ${candidate.pageName}`} className="candidate candidate-off">
                <CandidateName candidate={candidate} />
                <p className="small">
                  {candidate.state !== 'SELECTABLE' && <strong>{reasons[candidate.state]}. </strong>}
                  {candidate.state !== 'ALREADY_CONNECTED' && candidate.remedy}
                </p>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

function CandidateName({ candidate }: { candidate: CandidateFragment }) {
  const { username, name, pageName, followersCount } = candidate;
  const details = [
    username ? name : undefined,
    pageName && username && `Page ${pageName}`,
    followersCount != null &&
      `${formatCompact(followersCount)} ${followersCount === 1 ? 'follower' : 'followers'}`,
  ].filter(Boolean);
  return (
    <span className="candidate-name">
      <strong>{username ? `@${username}` : (pageName ?? 'A Page without a name')}</strong>
      {details.length > 0 && <span className="muted small">{details.join(' · ')}</span>}
    </span>
  );
}
