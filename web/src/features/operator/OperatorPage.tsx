import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Brand } from '@/components/Brand';
import { LoadFailed } from '@/components/ErrorNotice';
import { PageTitle } from '@/components/PageTitle';
import { Skeleton } from '@/components/Skeleton';
import { BrakePanel } from './BrakePanel';
import { Figures } from './Figures';
import { MonitorPanel } from './MonitorPanel';
import './operator.css';
import { Quarantine } from './Quarantine';
import { QueueTable } from './QueueTable';
import { operatorQuery } from './queries';
import { RateTable } from './RateTable';

/** The installation as those who run it see it. `otherwise` stands here for everybody else. */
export function OperatorPage({ foot, otherwise }: { foot: ReactNode; otherwise: ReactNode }) {
  const { data: operator, error, refetch } = useQuery(operatorQuery);

  if (operator === null) return otherwise;
  return (
    <main className="page operator">
      <Brand />
      <div className="operator-body stack stack-loose">
        <div>
          <PageTitle>Operator</PageTitle>
          <p className="soft">This installation as a whole. Nobody’s numbers are here.</p>
        </div>
        {error && !operator && <LoadFailed error={error} retry={() => void refetch()} />}
        {!error && !operator && (
          <div className="card card-body">
            <Skeleton lines={8} />
          </div>
        )}
        {operator && (
          <>
            <BrakePanel brake={operator.brake} />
            <Figures operator={operator} />
            <MonitorPanel
              monitor={operator.monitor}
              lastSweep={operator.monitor.lastSweep}
              checks={operator.checks}
            />
            <QueueTable queue={operator.queue} />
            <Quarantine />
            <RateTable rates={operator.refreshRates} />
          </>
        )}
      </div>
      {foot}
    </main>
  );
}
