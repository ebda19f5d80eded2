import { failureText } from '@/lib/errors';
import { Button } from './Button';
import { Icon } from './Icon';

/** The messages of a form that belong to no field. */
export function FormNotice({ messages }: { messages: string[] }) {
  if (messages.length === 0) return null;
  return (
    <div className="banner banner-red" role="alert">
      <div className="banner-text">
        <Icon name="incident" />
        <div>
          {messages.map((message) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      </div>
    </div>
  );
}

/** In place of content that could not be loaded. */
export function LoadFailed({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <div className="empty" role="alert">
      <Icon name="incident" size={28} />
      <h2>This could not be loaded</h2>
      <p>{failureText(error)}</p>
      <Button onClick={retry}>Try again</Button>
    </div>
  );
}
