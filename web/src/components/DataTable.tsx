import { type ReactNode, useEffect, useRef, useState } from 'react';

type DataTableProps = { caption: string; className?: string; children: ReactNode };

/**
 * A table that scrolls by itself where it does not fit, also with the keyboard. Its caption is
 * read out and not seen.
 */
export function DataTable({ caption, className, children }: DataTableProps) {
  const frame = useRef<HTMLElement>(null);
  const scrolls = useScrolls(frame);
  return (
    <section
      ref={frame}
      className="table-scroll"
      // A stop for the keyboard only where there is something to scroll.
      {...(scrolls && { tabIndex: 0, 'aria-label': caption })}
    >
      <table className={`table ${className ?? ''}`}>
        <caption className="visually-hidden">{caption}</caption>
        {children}
      </table>
    </section>
  );
}

/** Whether what is in an element is larger than the element. */
function useScrolls(frame: React.RefObject<HTMLElement | null>): boolean {
  const [scrolls, setScrolls] = useState(false);
  useEffect(() => {
    const element = frame.current;
    // Tests have no layout, and so nothing that could be observed.
    if (!element || typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(() => setScrolls(isLarger(element)));
    observer.observe(element);
    // The table grows with its rows while its frame stays as wide as it is.
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, [frame]);
  return scrolls;
}

function isLarger(element: HTMLElement): boolean {
  return element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
}
