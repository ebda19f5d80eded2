import { queryClient } from '@/lib/queryClient';
import { beginSession } from '@/lib/session';

/** Begins the session of somebody who has just proved who they are. */
export function enter(session: { accessToken: string } | null | undefined) {
  // Nothing that an earlier person saw may be shown to this one.
  queryClient.clear();
  if (session) beginSession(session.accessToken);
}
