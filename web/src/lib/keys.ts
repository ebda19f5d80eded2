import { queryClient } from './queryClient';

/**
 * The keys under which answers are kept. They start with what they are about, so that whoever changes an
 * account can name all that shows it without knowing the features that do.
 */
export const keys = {
  viewer: ['viewer'] as const,
  catalogue: (name: string) => ['catalogue', name] as const,
  workspace: (id: string, ...rest: unknown[]) => ['workspace', id, ...rest] as const,
  account: (id: string, ...rest: unknown[]) => ['account', id, ...rest] as const,
  operator: (...rest: unknown[]) => ['operator', ...rest] as const,
  channel: (id: string, ...rest: unknown[]) => ['channel', id, ...rest] as const,
  connectSession: (id: string) => ['connect-session', id] as const,
};

/** After an operator has changed something. */
export const operatorChanged = (): Promise<void> =>
  queryClient.invalidateQueries({ queryKey: keys.operator('all') });

/** After a change to an account: its own answers and every list and count it may stand in. */
export async function accountChanged(accountId: string): Promise<void> {
  await Promise.all([
    queryClient.invalidateQueries({ queryKey: keys.account(accountId) }),
    queryClient.invalidateQueries({ queryKey: ['workspace'] }),
  ]);
}
