/** A client of the public GraphQL API that keeps cookies as a browser does. */
export class Client {
  constructor(url) {
    this.url = url;
    this.cookies = new Map();
    this.token = undefined;
  }

  /** Sends one operation; throws when the server answers with errors. */
  async query(document, variables = {}) {
    const answer = await this.fetch('/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/graphql-response+json, application/json',
        'x-mooring-client': 'dashboard',
        origin: this.url,
        ...(this.token && { authorization: `Bearer ${this.token}` }),
      },
      body: JSON.stringify({ query: document, variables }),
    });
    const { data, errors } = await answer.json();
    if (errors?.length) throw new Error(`GraphQL: ${errors.map(({ message }) => message).join('; ')}`);
    return data;
  }

  /** Sends one mutation with an input; throws when the payload has user errors. */
  async mutate(name, input, fields = '') {
    const payload = await this.attempt(name, input, fields);
    if (payload.userErrors.length > 0) {
      throw new Error(`${name}: ${payload.userErrors.map(({ message }) => message).join('; ')}`);
    }
    return payload;
  }

  /** The same, with the user errors left to the caller. */
  async attempt(name, input, fields = '') {
    const type = `${name[0].toUpperCase()}${name.slice(1)}Input`;
    const document = `mutation ($input: ${type}!) { ${name}(input: $input) { ${fields} userErrors { path code message } } }`;
    return (await this.query(document, { input }))[name];
  }

  /** A request to our own server, with the cookies it has set; redirects are left to the caller. */
  async fetch(pathOrUrl, options = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(new URL(pathOrUrl, this.url), {
      redirect: 'manual',
      ...options,
      headers: { ...options.headers, ...(cookie && { cookie }) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [pair] = line.split(';');
      this.cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    return answer;
  }
}
