import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon';

type EmptyStateProps = { icon: IconName; title: string; children: ReactNode; action?: ReactNode };

export function EmptyState({ icon, title, children, action }: EmptyStateProps) {
  return (
    <div className="empty">
      <Icon name={icon} size={32} />
      <h2>{title}</h2>
      <p>{children}</p>
      {action}
    </div>
  );
}
