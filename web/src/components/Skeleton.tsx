type SkeletonProps = { lines?: number; block?: boolean };

/** Uneven, as text is. */
const WIDTHS = ['92%', '75%', '58%', '86%', '69%', '52%', '80%', '63%'];

/** Holds the place of what is loading. */
export function Skeleton({ lines = 3, block = false }: SkeletonProps) {
  return (
    <div role="status" aria-label="Loading">
      {block && <span className="skeleton skeleton-block" />}
      {WIDTHS.slice(0, lines).map((width) => (
        <span key={width} className="skeleton skeleton-line" style={{ width }} />
      ))}
    </div>
  );
}
