import { Button, ButtonLink } from '@/components/Button';
import { FormNotice } from '@/components/ErrorNotice';
import type { ConnectSessionQuery, Provider } from '@/gql/graphql';
import { paths } from '@/lib/paths';
import { CandidateList } from './CandidateList';
import { useStartConnect } from './useStartConnect';

type Session = NonNullable<ConnectSessionQuery['connectSession']>;

const ways: Record<Provider, string> = {
  FACEBOOK_LOGIN:
    'Begin again and tick other Pages at Meta, or log in there as the person who manages the accounts you look for.',
  INSTAGRAM_LOGIN:
    'Begin again and log in at Instagram as the account that you want to add. It has to be a professional account.',
};

/** A login that brought no account to add is not the end: the dialog can be started again from here. */
export function NothingToChoose({ session }: { session: Session }) {
  const connect = useStartConnect(session.workspace.id);
  return (
    <div className="stack stack-loose">
      <FormNotice messages={connect.errors.top} />
      <div className="stack stack-tight">
        <p>
          <strong>This login holds no account that can be added.</strong>
        </p>
        <p className="soft">{ways[session.provider]}</p>
      </div>
      {session.candidates.length > 0 && (
        <CandidateList candidates={session.candidates} chosen={new Set()} onChange={() => {}} />
      )}
      <div className="row row-between">
        <ButtonLink to={paths.accounts(session.workspace.id)} look="quiet">
          Back to the accounts
        </ButtonLink>
        <Button look="primary" busy={connect.busy} onClick={() => connect.start(session.provider)}>
          Log in as somebody else
        </Button>
      </div>
    </div>
  );
}
