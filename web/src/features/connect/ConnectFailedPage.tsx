import { Link, useSearchParams } from 'react-router';
import { ButtonLink } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { PageTitle } from '@/components/PageTitle';
import { paths } from '@/lib/paths';

/** Why the way back from Meta did not end in a choice, and what helps. */
const reasons: Record<string, { title: string; text: string }> = {
  access_denied: {
    title: 'Nothing was connected',
    text: 'The request was declined at Meta. If that was not meant, connect again and press Continue there.',
  },
  state: {
    title: 'This login took too long or began elsewhere',
    text: 'For safety a login must end in the browser in which it began, within ten minutes, and works once. Connect again from here.',
  },
  permission: {
    title: 'A permission is missing',
    text: 'Without it the accounts cannot be read. Connect again and leave all switches on in the dialog of Meta.',
  },
  meta: {
    title: 'Meta could not finish the login',
    text: 'The fault is on Meta’s side and mostly passes by itself. Try again in a few minutes.',
  },
  wrong_account: {
    title: 'Another account was chosen',
    text: 'The login belongs to a different Instagram account than the one to repair. Sign in at Meta as the right one and try again.',
  },
  session: {
    title: 'You are signed out',
    text: 'Your session ended while you were at Meta. Sign in and connect again.',
  },
};

const unknown = {
  title: 'The connection did not succeed',
  text: 'Nothing was changed. Try again; if it keeps failing, tell the operator of this installation.',
};

export function ConnectFailedPage() {
  const [params] = useSearchParams();
  const { title, text } = reasons[params.get('reason') ?? ''] ?? unknown;
  const workspace = params.get('workspace');
  return (
    <main className="page">
      <div className="card">
        <div className="empty empty-flush">
          <Icon name="incident" size={32} />
          <PageTitle tab="Not connected">{title}</PageTitle>
          <p>{text}</p>
          <ButtonLink to={workspace ? paths.connect(workspace) : paths.home} look="primary">
            Try again
          </ButtonLink>
          <Link to={paths.home}>Back to the accounts</Link>
        </div>
      </div>
    </main>
  );
}
