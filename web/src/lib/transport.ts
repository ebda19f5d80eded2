/** A request that brought no data: the network, the server's refusal, or a fault with a code. */
export class RequestFailed extends Error {
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(message: string, code: string, requestId?: string) {
    super(message);
    this.name = 'RequestFailed';
    this.code = code;
    this.requestId = requestId;
  }
}

type Answer = {
  data?: unknown;
  errors?: { message: string; extensions?: { code?: string; requestId?: string } }[];
};

/** One GraphQL request. The custom header is what lets the server tell our page from a foreign form. */
export async function post<Result>(query: string, variables: unknown, token?: string): Promise<Result> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json',
    'x-mooring-client': 'dashboard',
  };
  if (token) headers.authorization = `Bearer ${token}`;

  let response: Response;
  try {
    response = await fetch('/graphql', {
      method: 'POST',
      credentials: 'same-origin',
      headers,
      body: JSON.stringify({ query, variables }),
    });
  } catch {
    throw new RequestFailed('Mooring cannot be reached. Check your connection and try again.', 'NETWORK');
  }

  const answer = await readAnswer(response);
  const fault = answer?.errors?.[0];
  if (fault) {
    throw new RequestFailed(fault.message, fault.extensions?.code ?? 'UNKNOWN', fault.extensions?.requestId);
  }
  if (!response.ok || answer?.data === undefined || answer.data === null) {
    const code = response.status === 401 ? 'UNAUTHENTICATED' : 'HTTP';
    throw new RequestFailed(`Mooring could not answer (status ${response.status}). Try again.`, code);
  }
  return answer.data as Result;
}

async function readAnswer(response: Response): Promise<Answer | undefined> {
  try {
    return (await response.json()) as Answer;
  } catch {
    return undefined;
  }
}
