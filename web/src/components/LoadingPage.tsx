import { Skeleton } from './Skeleton';

/** While it is not yet known what the page will be. */
export function LoadingPage() {
  return (
    <main className="page" aria-busy="true">
      <div className="card">
        <Skeleton lines={4} />
      </div>
    </main>
  );
}
