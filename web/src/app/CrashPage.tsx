import { Button } from '@/components/Button';

/** In place of a page that broke. A reload is the one thing that can help. */
export function CrashPage() {
  return (
    <main className="page">
      <div className="card">
        <div className="stack" role="alert">
          <h1>This page broke</h1>
          <p className="soft">Nothing was lost: what was saved before is safe.</p>
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      </div>
    </main>
  );
}
