import { accessToken, refreshSession } from './session';
import { RequestFailed } from './transport';

/** Saves a file of the server, which takes the access token and so cannot be a plain link. */
export async function download(path: string): Promise<void> {
  let response = await get(path);
  if (response.status === 401 && (await refreshSession())) response = await get(path);
  if (!response.ok) {
    throw new RequestFailed(`The file could not be made (status ${response.status}). Try again.`, 'HTTP');
  }
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName(response.headers.get('content-disposition'));
  link.click();
  // The browser reads it after this turn of events.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** The name in a `Content-Disposition`. */
export function fileName(disposition: string | null): string {
  return /filename="([^"]+)"/.exec(disposition ?? '')?.[1] ?? 'mooring';
}

async function get(path: string): Promise<Response> {
  try {
    return await fetch(path, { headers: { authorization: `Bearer ${accessToken() ?? ''}` } });
  } catch {
    throw new RequestFailed('Mooring cannot be reached. Check your connection and try again.', 'NETWORK');
  }
}
