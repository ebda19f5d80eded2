/**
 * Every address of the dashboard. Ids are opaque, so they are always encoded; only the colon stays as it is,
 * because the server writes it plainly too, and one page must have one address.
 */
const id = (text: string) => encodeURIComponent(text).replaceAll('%3A', ':');

export const paths = {
  signIn: '/sign-in',
  signUp: '/sign-up',
  checkMail: '/check-mail',
  home: '/',
  operator: '/operator',
  accounts: (workspaceId: string) => `/w/${id(workspaceId)}/accounts`,
  account: (workspaceId: string, accountId: string) => `/w/${id(workspaceId)}/accounts/${id(accountId)}`,
  connect: (workspaceId: string) => `/w/${id(workspaceId)}/connect`,
  incidents: (workspaceId: string) => `/w/${id(workspaceId)}/incidents`,
  channels: (workspaceId: string) => `/w/${id(workspaceId)}/channels`,
  channel: (workspaceId: string, channelId: string) => `/w/${id(workspaceId)}/channels/${id(channelId)}`,
};

/** Where to go after signing in: only a path of our own, never another site. */
export function safeReturnPath(candidate: string | null): string {
  if (!candidate?.startsWith('/') || candidate.startsWith('//') || candidate.includes('\\'))
    return paths.home;
  return candidate;
}
