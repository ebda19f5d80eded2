import { useSyncExternalStore } from 'react';
import { graphql } from '@/gql';
import type { RefreshSessionMutation } from '@/gql/graphql';
import { post, RequestFailed } from './transport';

/**
 * Who is signed in. The access token lives in this module and nowhere else: not in storage, not in a
 * cookie that scripts can read. What survives a reload is the HttpOnly cookie, which `refreshSession` uses.
 */
export type SessionState = 'unknown' | 'signed-out' | 'signed-in' | 'unreachable';

let state: SessionState = 'unknown';
let token: string | undefined;
let refreshing: Promise<boolean> | undefined;
const listeners = new Set<() => void>();

const RefreshSession = graphql(`
  mutation RefreshSession {
    refreshSession {
      session {
        accessToken
      }
    }
  }
`);

export function accessToken(): string | undefined {
  return token;
}

export function beginSession(newToken: string): void {
  token = newToken;
  become('signed-in');
}

export function endSession(): void {
  token = undefined;
  become('signed-out');
}

/** Renews the session from its cookie. Any number of callers at once share one request. */
export function refreshSession(): Promise<boolean> {
  refreshing ??= renew().finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function renew(): Promise<boolean> {
  try {
    const answer = await post<RefreshSessionMutation>(RefreshSession.toString(), undefined);
    const renewed = answer.refreshSession.session?.accessToken;
    if (renewed) {
      beginSession(renewed);
      return true;
    }
    endSession();
    return false;
  } catch (error) {
    // Only an answer signs a person out; a server that cannot be reached does not.
    if (error instanceof RequestFailed && error.code === 'UNAUTHENTICATED') endSession();
    else if (state === 'unknown') become('unreachable');
    return false;
  }
}

function become(next: SessionState): void {
  if (state === next) return;
  state = next;
  for (const listener of listeners) listener();
}

export function useSessionState(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}
