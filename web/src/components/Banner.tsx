import type { ReactNode } from 'react';
import { Icon } from './Icon';

type BannerProps = { tone: 'red' | 'amber'; children: ReactNode; action?: ReactNode; label: string };

/** A standing notice about the page, with the one thing to do about it. */
export function Banner({ tone, children, action, label }: BannerProps) {
  return (
    <section className={`banner banner-${tone}`} aria-label={label}>
      <div className="banner-text">
        <Icon name={tone === 'red' ? 'incident' : 'clock'} />
        <div>{children}</div>
      </div>
      {action && <div className="row">{action}</div>}
    </section>
  );
}
