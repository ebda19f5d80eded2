import type { ComponentProps, ReactNode } from 'react';
import { Link } from 'react-router';

type Look = 'plain' | 'primary' | 'danger' | 'quiet';
type Shape = { look?: Look; small?: boolean; wide?: boolean };

function classes({ look = 'plain', small, wide }: Shape): string {
  return ['button', look !== 'plain' && `button-${look}`, small && 'button-small', wide && 'button-wide']
    .filter(Boolean)
    .join(' ');
}

type ButtonProps = Shape & Omit<ComponentProps<'button'>, 'className'> & { busy?: boolean };

/** A busy button keeps its place in the tab order, so that focus is not lost while something runs. */
export function Button({ look, small, wide, busy = false, onClick, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={classes({ look, small, wide } as Shape)}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    />
  );
}

export function ButtonLink({ look, small, wide, to, children }: Shape & { to: string; children: ReactNode }) {
  return (
    <Link to={to} className={classes({ look, small, wide } as Shape)}>
      {children}
    </Link>
  );
}
