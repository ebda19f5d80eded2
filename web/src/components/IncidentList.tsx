import type { ReactNode } from 'react';
import { graphql } from '@/gql';
import type { IncidentItemFragment } from '@/gql/graphql';
import { mailStateLabels, reasonLabels } from '@/lib/words';
import './incidents.css';
import { Time } from './Time';

graphql(`
  fragment IncidentItem on Incident {
    id
    cause
    explanation
    openedAt
    closedAt
    account {
      id
      username
    }
    mails {
      recipient
      subject
      state
      queuedAt
      sentAt
    }
  }
`);

type IncidentListProps = {
  incidents: readonly IncidentItemFragment[];
  /** What names the account, where the list holds those of several. */
  nameOf?: (incident: IncidentItemFragment) => ReactNode;
};

/** What went wrong, from when to when, and whom it was told to. */
export function IncidentList({ incidents, nameOf }: IncidentListProps) {
  return (
    <ul className="incidents">
      {incidents.map((incident) => (
        <li key={incident.id} className="incident">
          <div className="row row-between">
            <div className="row">
              {nameOf?.(incident)}
              <strong>{reasonLabels[incident.cause]}</strong>
            </div>
            <span className={incident.closedAt ? 'pill' : 'pill pill-red'}>
              {incident.closedAt ? 'Closed' : 'Open'}
            </span>
          </div>
          <p className="soft">{incident.explanation}</p>
          <p className="muted small">
            Opened <Time at={incident.openedAt} />
            {incident.closedAt && (
              <>
                {' '}
                · closed <Time at={incident.closedAt} />
              </>
            )}
          </p>
          <MailList mails={incident.mails} />
        </li>
      ))}
    </ul>
  );
}

function MailList({ mails }: { mails: IncidentItemFragment['mails'] }) {
  if (mails.length === 0) return <p className="muted small">No mail was sent for it.</p>;
  return (
    <details className="small">
      <summary>{mails.length === 1 ? '1 mail' : `${mails.length} mails`}</summary>
      <ul className="mails">
        {mails.map((mail) => (
          <li key={`${mail.recipient} ${mail.queuedAt} ${mail.subject}`}>
            <span className="mail-subject">{mail.subject}</span>
            <span className="muted">
              {mail.recipient} · {mailStateLabels[mail.state]} <Time at={mail.sentAt ?? mail.queuedAt} />
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
