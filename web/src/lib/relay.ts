type Connection = { pageInfo: { hasNextPage: boolean; endCursor?: string | null } } | null | undefined;

/** What a list of pages needs to know to ask for the next one. */
export const nextCursor = (page: Connection): string | null | undefined =>
  page?.pageInfo.hasNextPage ? page.pageInfo.endCursor : undefined;
