import { useEffect, useRef } from 'react';
import { useLocation } from 'react-router';

let lastPath: string | undefined;

/**
 * The heading of a page. It names the browser tab, and after a change of page it takes the focus, so that
 * keyboard and screen reader start at the new page and not where the old link was.
 */
export function PageTitle({ children, tab }: { children: string; tab?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();

  useEffect(() => {
    document.title = `${tab ?? children} · Mooring`;
  }, [children, tab]);

  useEffect(() => {
    if (lastPath !== undefined && lastPath !== pathname) heading.current?.focus();
    lastPath = pathname;
  }, [pathname]);

  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
