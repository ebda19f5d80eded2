import { scopeLabel } from '@/lib/words';

export type Failure = { title: string; text: string };

const handles = (text: string | null) =>
  (text ?? '')
    .split(',')
    .filter(Boolean)
    .map((handle) => `@${handle}`)
    .join(', ');

/** Why the way back from Meta did not end in a connection, and what helps; from the address it ended at. */
export function failureOf(params: URLSearchParams): Failure {
  switch (params.get('reason')) {
    case 'access_denied':
      return {
        title: 'Nothing was connected',
        text: 'The request was declined at Meta. If that was not meant, connect again and press Continue there.',
      };
    case 'state':
      return {
        title: 'This login took too long or began elsewhere',
        text: 'For safety a login must end in the browser in which it began, within ten minutes, and works once. Connect again from here.',
      };
    case 'permission': {
      const missing = (params.get('missing') ?? '')
        .split(',')
        .filter(Boolean)
        .map((scope) => `${scopeLabel(scope)} (${scope})`)
        .join(', ');
      return {
        title: 'A permission is missing',
        text: `${missing ? `Not allowed: ${missing}. Without it` : 'Without it'} the accounts cannot be read. Connect again and leave all switches on in the dialog of Meta.`,
      };
    }
    case 'wrong_account': {
      const [expected, found] = [handles(params.get('expected')), handles(params.get('found'))];
      return {
        title: 'Another account was chosen',
        text: `${expected ? `This repair is for ${expected}` : 'This repair is for one account'}, but the login holds ${found || 'another one'}. Nothing was changed. Sign in at Meta as the right person and try again.`,
      };
    }
    case 'another_person':
      return {
        title: 'Somebody else connected this account before',
        text: 'Another person at Meta gave the access last time. Nothing was changed. Let that person reconnect it, or disconnect the account and connect it anew.',
      };
    case 'meta':
      return {
        title: 'Meta could not finish the login',
        text: 'The fault is on Meta’s side and mostly passes by itself. Try again in a few minutes.',
      };
    default:
      return {
        title: 'The connection did not succeed',
        text: 'Nothing was changed. Try again; if it keeps failing, tell the operator of this installation.',
      };
  }
}
