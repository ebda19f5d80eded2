import { Banner } from '@/components/Banner';
import { Button, ButtonLink } from '@/components/Button';
import type { AccountsAttentionQuery } from '@/gql/graphql';
import { plural } from '@/lib/numbers';
import { paths } from '@/lib/paths';
import { shortStepLabels } from '@/lib/words';

const SOON_DAYS = 7;
type Workspace = NonNullable<AccountsAttentionQuery['workspace']>;
type BannersProps = { workspace: Workspace; onShow: (urgency: 'RED' | 'AMBER') => void };

/** Red when a person is needed, amber when access ends within a week; each with its one next step. */
export function AttentionBanners({ workspace, onShow }: BannersProps) {
  const { red } = workspace.tokenHealth;
  const urgent = workspace.urgent.nodes[0];
  const soon = workspace.soon.nodes.filter(
    ({ tokenHealth }) => tokenHealth.daysLeft != null && tokenHealth.daysLeft <= SOON_DAYS,
  );
  const soonest = soon[0];

  return (
    <>
      {urgent && (
        <Banner
          tone="red"
          label="Accounts that need a person"
          action={
            <>
              <ButtonLink to={paths.account(workspace.id, urgent.id)} look="primary" small>
                {red === 1 ? shortStepLabels[urgent.tokenHealth.nextStep] : `Open @${urgent.username}`}
              </ButtonLink>
              {red > 1 && (
                <Button small onClick={() => onShow('RED')}>
                  Show all {red}
                </Button>
              )}
            </>
          }
        >
          <strong>{plural(red, 'account needs', 'accounts need')} a person.</strong>
          <p className="soft">
            @{urgent.username}: {urgent.tokenHealth.explanation}
          </p>
        </Banner>
      )}
      {soonest && (
        <Banner
          tone="amber"
          label="Accounts whose access ends soon"
          action={
            soon.length === 1 ? (
              <ButtonLink to={paths.account(workspace.id, soonest.id)} small>
                Open @{soonest.username}
              </ButtonLink>
            ) : (
              <Button small onClick={() => onShow('AMBER')}>
                Show them
              </Button>
            )
          }
        >
          <strong>
            {plural(soon.length, 'account has', 'accounts have')} {SOON_DAYS} days or fewer left.
          </strong>
          <p className="soft">
            Mooring keeps renewing the access by itself. If it does not succeed, you will find here who must
            reconnect.
          </p>
        </Banner>
      )}
    </>
  );
}
