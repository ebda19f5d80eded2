import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { Brand } from '@/components/Brand';
import { ButtonLink } from '@/components/Button';
import { EmptyState } from '@/components/EmptyState';
import { LoadFailed } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Skeleton } from '@/components/Skeleton';
import { paths } from '@/lib/paths';
import { providerLabels } from '@/lib/words';
import { Chooser } from './Chooser';
import './connect.css';
import { NothingToChoose } from './NothingToChoose';
import { connectSessionQuery } from './queries';

/** After the return from Meta: nothing is added until the person has chosen. */
export function ChooserPage() {
  const { sessionId = '' } = useParams();
  const { data: session, error, isPending, refetch } = useQuery(connectSessionQuery(sessionId));
  const anyToChoose = session?.candidates.some(({ state }) => state === 'SELECTABLE') ?? false;

  return (
    <main className="page">
      <Brand />
      <div className="card card-broad">
        <div className="stack stack-loose">
          {!session && <PageTitle>Choose accounts</PageTitle>}
          {isPending && <Skeleton block lines={4} />}
          {error && <LoadFailed error={error} retry={() => void refetch()} />}
          {session === null && (
            <EmptyState
              icon="clock"
              title="This choice is no longer open"
              action={
                <ButtonLink to={paths.home} look="primary">
                  Back to the accounts
                </ButtonLink>
              }
            >
              It was finished already, or too much time has passed since the login at Meta. Nothing is lost:
              connect again to choose.
            </EmptyState>
          )}
          {session && (
            <>
              <div className="stack stack-tight">
                <PageTitle>Choose accounts</PageTitle>
                <p className="soft">
                  <strong>{session.grantedBy}</strong> agreed through {providerLabels[session.provider]}.
                  {anyToChoose && (
                    <>
                      {' '}
                      What you choose is added to <strong>{session.workspace.name}</strong>.
                    </>
                  )}
                </p>
              </div>
              {anyToChoose ? <Chooser session={session} /> : <NothingToChoose session={session} />}
            </>
          )}
        </div>
      </div>
    </main>
  );
}
