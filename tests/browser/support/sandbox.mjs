import { until } from '../../../demo/start.mjs';

const MAIL_WITHIN_MS = 60_000;

/** The control side of the sandbox: mails, and ways to break things. */
export class Sandbox {
  constructor(url) {
    this.url = url;
  }

  /** The newest mail to this address that holds a link to the given path; waits for it. */
  async mailWithLink(to, pathPrefix) {
    return until(MAIL_WITHIN_MS, `no mail with a link to ${pathPrefix} reached ${to}`, async () => {
      const { mails } = await this.#get(`/_sandbox/mails?to=${encodeURIComponent(to)}`);
      const leads = (link) => new URL(link).pathname.startsWith(pathPrefix);
      const mail = mails.findLast(({ links }) => links.some(leads));
      return mail && { ...mail, link: mail.links.find(leads) };
    });
  }

  /** Ends all that a person has allowed, as if they had removed the app at Meta. */
  async revokePerson(name) {
    const { people } = await this.#get('/_sandbox/people');
    const person = people.find((candidate) => candidate.name === name);
    if (!person) throw new Error(`the sandbox knows no ${name}`);
    const answer = await fetch(`${this.url}/_sandbox/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ person: String(person.id) }),
    });
    if (!answer.ok) throw new Error(`revoke: ${await answer.text()}`);
  }

  async #get(path) {
    return (await fetch(this.url + path)).json();
  }
}
