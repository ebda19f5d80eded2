import { safeReturnPath } from './paths';

const KEY = 'mooring.dialog-started-at';

/** Leaves for a dialog at Meta, and notes from which page, so that a failure can lead back there. */
export function leaveForDialog(authorizationUrl: string): void {
  sessionStorage.setItem(KEY, window.location.pathname);
  window.location.assign(authorizationUrl);
}

/** The page from which this tab last left for a dialog. */
export function dialogStartedAt(): string {
  return safeReturnPath(sessionStorage.getItem(KEY));
}
