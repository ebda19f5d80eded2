import { Link } from 'react-router';
import { Brand } from '@/components/Brand';
import { PageTitle } from '@/components/PageTitle';
import { paths } from '@/lib/paths';

export function NotFoundPage() {
  return (
    <main className="page">
      <Brand />
      <div className="card">
        <div className="stack">
          <PageTitle>There is nothing here</PageTitle>
          <p className="soft">The address may be incomplete, or what it led to is gone.</p>
          <Link to={paths.home}>Back to the accounts</Link>
        </div>
      </div>
    </main>
  );
}
