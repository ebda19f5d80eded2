import { Button } from '@/components/Button';

/** In place of what broke. A reload is the one thing that can help. */
export function CrashNotice() {
  return (
    <div className="card">
      <div className="card-body stack" role="alert">
        <h1>This page broke</h1>
        <p className="soft">Nothing was lost: what was saved before is safe.</p>
        <div>
          <Button look="primary" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      </div>
    </div>
  );
}

export function CrashPage() {
  return (
    <main className="page">
      <CrashNotice />
    </main>
  );
}
