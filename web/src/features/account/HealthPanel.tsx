import { ButtonLink } from '@/components/Button';
import { HealthPill } from '@/components/HealthPill';
import { Time } from '@/components/Time';
import type { HealthPanelFragment, Role } from '@/gql/graphql';
import { formatDaysLeft } from '@/lib/dates';
import { paths } from '@/lib/paths';
import { mayOperate } from '@/lib/roles';
import { scopeLabel, stepLabels } from '@/lib/words';
import './account.css';
import { HealthActions } from './HealthActions';

type HealthPanelProps = { account: HealthPanelFragment; workspaceId: string; role: Role };

/** What state the access is in, since when and why, what happens next, and what a person can do. */
export function HealthPanel({ account, workspaceId, role }: HealthPanelProps) {
  const { tokenHealth: health } = account;
  return (
    <section className={`card health health-${health.urgency.toLowerCase()}`} aria-labelledby="health-title">
      <div className="card-head">
        <h2 id="health-title">Access</h2>
        <HealthPill health={health} />
      </div>
      <div className="card-body stack">
        <div className="stack stack-tight">
          <p className="health-explanation">{health.explanation}</p>
          <p className="soft">
            Next step: <strong>{stepLabels[health.nextStep]}</strong>
          </p>
        </div>
        {mayOperate(role) && health.state !== 'DISCONNECTED' && <HealthActions account={account} />}
        {mayOperate(role) && health.state === 'DISCONNECTED' && (
          <div>
            <ButtonLink to={paths.connect(workspaceId)}>Connect it again</ButtonLink>
          </div>
        )}
        <HealthFacts health={health} />
      </div>
    </section>
  );
}

function HealthFacts({ health }: { health: HealthPanelFragment['tokenHealth'] }) {
  // Where the access does not work, its date would promise something that nobody has.
  const ended = health.state === 'NEEDS_RECONNECT' || health.state === 'DISCONNECTED';
  const works = health.urgency !== 'RED' && !ended;
  return (
    <dl className="facts">
      <Fact label="In this state since">
        <Time at={health.since} />
      </Fact>
      <Fact label="Token">
        {yesOrNo(health.tokenValid, 'Valid', 'Not valid')}{' '}
        <Time at={health.tokenVerifiedAt} relative missing="" />
      </Fact>
      <Fact label="Numbers">
        {yesOrNo(health.insightsReadable, 'Arrive', 'Do not arrive')}{' '}
        <Time at={health.insightsReadAt} relative missing="" />
      </Fact>
      {works ? (
        <>
          <Fact label="Access expires">
            <Time at={health.expiresAt} missing="Never, or not known" />
          </Fact>
          <Fact label="Days left">
            {health.daysLeft == null ? (
              <span className="muted">No limit known</span>
            ) : (
              formatDaysLeft(health.daysLeft)
            )}
          </Fact>
          <Fact label="Data access ends">
            <Time at={health.dataAccessExpiresAt} missing="No limit known" />
          </Fact>
        </>
      ) : (
        <Fact label="Access">
          <span className="muted">{ended ? 'Ended' : 'Does not work now'}</span>
        </Fact>
      )}
      <Fact label="Last renewed">
        <Time at={health.lastRefreshedAt} relative missing="Not yet" />
      </Fact>
      <Fact label={works ? 'Next renewal' : 'Next attempt'}>
        <Time at={works ? health.nextRefreshAt : health.nextAttemptAt} missing="None planned" />
      </Fact>
      <Fact label="Permissions granted" wide>
        <ScopeList scopes={health.scopes} />
      </Fact>
      {health.missingScopes.length > 0 && (
        <Fact label="Permissions missing" wide>
          <ScopeList scopes={health.missingScopes} missing />
        </Fact>
      )}
    </dl>
  );
}

const yesOrNo = (value: boolean | null | undefined, yes: string, no: string) =>
  value == null ? 'Not known' : value ? yes : no;

function Fact({ label, wide, children }: { label: string; wide?: boolean; children: React.ReactNode }) {
  return (
    <div className={wide ? 'fact-wide' : undefined}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function ScopeList({ scopes, missing = false }: { scopes: readonly string[]; missing?: boolean }) {
  if (scopes.length === 0) return <span className="muted">None</span>;
  return (
    <ul className="scopes">
      {scopes.map((scope) => (
        <li key={scope} className={missing ? 'scope scope-missing' : 'scope'} title={scope}>
          {scopeLabel(scope)}
        </li>
      ))}
    </ul>
  );
}
