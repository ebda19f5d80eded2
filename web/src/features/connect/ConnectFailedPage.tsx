import { Link, useSearchParams } from 'react-router';
import { Brand } from '@/components/Brand';
import { ButtonLink } from '@/components/Button';
import { Icon } from '@/components/Icon';
import { PageTitle } from '@/components/PageTitle';
import { dialogStartedAt } from '@/lib/dialogStart';
import { paths } from '@/lib/paths';
import './connect.css';
import { failureOf } from './failures';

export function ConnectFailedPage() {
  const [params] = useSearchParams();
  const { title, text } = failureOf(params);
  return (
    <main className="page">
      <Brand />
      <div className="card">
        <div className="empty empty-flush">
          <Icon name="incident" size={32} />
          <PageTitle tab="Not connected">{title}</PageTitle>
          <p>{text}</p>
          <ButtonLink to={dialogStartedAt()} look="primary">
            Try again
          </ButtonLink>
          <Link to={paths.home}>Back to the accounts</Link>
        </div>
      </div>
    </main>
  );
}
