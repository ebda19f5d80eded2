import type { ReactNode } from 'react';
import { Brand } from '@/components/Brand';
import { PageTitle } from '@/components/PageTitle';

type AuthCardProps = { title: string; lead?: ReactNode; children: ReactNode; foot?: ReactNode };

/** The frame of every page before signing in. */
export function AuthCard({ title, lead, children, foot }: AuthCardProps) {
  return (
    <main className="page">
      <Brand />
      <div className="card">
        <div className="stack stack-loose">
          <div className="stack stack-tight">
            <PageTitle>{title}</PageTitle>
            {lead && <p className="soft">{lead}</p>}
          </div>
          {children}
        </div>
      </div>
      {foot && <p className="soft">{foot}</p>}
    </main>
  );
}
