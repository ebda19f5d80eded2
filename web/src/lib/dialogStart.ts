import { safeReturnPath } from './paths';

const KEY = 'mooring.dialog-started-at';

/** Leaves for a dialog at Meta, and notes the page to which a failure can lead back. */
export function leaveForDialog(authorizationUrl: string, back: string = window.location.pathname): void {
  sessionStorage.setItem(KEY, back);
  window.location.assign(authorizationUrl);
}

/** The page to which the dialog that this tab last left for can lead back. */
export function dialogStartedAt(): string {
  return safeReturnPath(sessionStorage.getItem(KEY));
}
