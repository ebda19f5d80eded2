import type { TypedDocumentString } from '@/gql/graphql';
import { accessToken, refreshSession } from './session';
import { post, RequestFailed } from './transport';

/** Sends one operation; when the access token has run out, renews the session once and repeats. */
export async function execute<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  ...[variables]: Variables extends Record<string, never> ? [] : [Variables]
): Promise<Result> {
  const query = document.toString();
  try {
    return await post<Result>(query, variables, accessToken());
  } catch (error) {
    if (!(error instanceof RequestFailed) || error.code !== 'UNAUTHENTICATED') throw error;
    if (!(await refreshSession())) throw error;
    return post<Result>(query, variables, accessToken());
  }
}
