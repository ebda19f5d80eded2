import { createServer } from 'node:http';

/** Somebody on this machine who receives webhooks and answers with `status`. */
export async function startReceiver() {
  const receiver = { status: 200, arrived: [] };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    receiver.arrived.push({ headers: request.headers, event: JSON.parse(body) });
    response.writeHead(receiver.status, { 'content-type': 'text/html' });
    response.end('<b>noted</b><script>window.broken = true</script>');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.url = `http://127.0.0.1:${server.address().port}/hooks/a-secret-path`;
  receiver.stop = () => new Promise((resolve) => server.close(resolve));
  return receiver;
}
