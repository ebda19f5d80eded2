import type { Role } from '@/gql/graphql';

/** What the dashboard offers to whom. The server decides; this only spares people buttons that would fail. */
export const mayOperate = (role: Role): boolean => role !== 'VIEWER';
export const mayAdminister = (role: Role): boolean => role === 'OWNER' || role === 'ADMIN';
