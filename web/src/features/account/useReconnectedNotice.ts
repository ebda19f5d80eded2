import { useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';
import { useToast } from '@/components/Toasts';

/** Says once that a repair succeeded: the way back from Meta ends here with `?reconnected=1`. */
export function useReconnectedNotice(username: string | undefined): void {
  const [params, setParams] = useSearchParams();
  const say = useToast();
  const said = useRef(false);
  const reconnected = params.has('reconnected');

  useEffect(() => {
    if (!reconnected || !username || said.current) return;
    said.current = true;
    say(`@${username} is connected again.`);
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        after.delete('reconnected');
        return after;
      },
      { replace: true },
    );
  }, [reconnected, username, say, setParams]);
}
