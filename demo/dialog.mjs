/**
 * Goes through a login dialog of the sandbox as a person with a browser would: opens the page, logs in as
 * the named person, leaves everything ticked, presses Continue. Returns where the dialog sends them.
 */
export async function agree(authorizationUrl, person) {
  const page = await fetch(authorizationUrl);
  const html = await page.text();
  if (!page.ok) throw new Error(`The login dialog answered ${page.status}`);

  const form = new URLSearchParams();
  for (const input of inputs(html)) {
    if (!input.name || 'disabled' in input) continue;
    if (input.type === 'hidden' || (input.type === 'checkbox' && 'checked' in input)) form.append(input.name, input.value);
  }
  form.set('person', personId(html, person));
  form.set('decision', 'continue');

  const action = /<form[^>]*\saction="([^"]*)"/.exec(html)?.[1] ?? '';
  const answer = await fetch(new URL(unescapeHtml(action), page.url), { method: 'POST', body: form, redirect: 'manual' });
  const location = answer.headers.get('location');
  if (!location) throw new Error(`The login dialog did not send ${person} back (status ${answer.status})`);
  return new URL(location, page.url).href;
}

/** The value of the radio button that stands before this name. */
function personId(html, person) {
  const escaped = person.replaceAll('&', '&amp;');
  for (const match of html.matchAll(/<input([^>]*\bname="person"[^>]*)>([^<]*)/g)) {
    if (match[2].trim() === escaped) return attributes(match[1]).value;
  }
  throw new Error(`The login dialog does not offer ${person}`);
}

function inputs(html) {
  return [...html.matchAll(/<input([^>]*)>/g)].map(([, text]) => attributes(text));
}

function attributes(text) {
  const found = {};
  for (const [, name, value] of text.matchAll(/([a-z_-]+)(?:="([^"]*)")?/g)) found[name] = unescapeHtml(value ?? '');
  return found;
}

function unescapeHtml(text) {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
