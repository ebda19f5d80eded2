import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { Icon } from './Icon';

type Toast = { id: number; text: string };
type Say = (text: string) => void;

const VISIBLE_MS = 7_000;
const SayContext = createContext<Say>(() => {});

/** Says in passing that something was done; read out by screen readers, never takes the focus. */
export const useToast = (): Say => useContext(SayContext);

export function ToastProvider({ children }: { children: ReactNode }) {
  const [toasts, setToasts] = useState<Toast[]>([]);
  const next = useRef(0);

  const dismiss = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const say = useCallback<Say>(
    (text) => {
      next.current += 1;
      const id = next.current;
      // Said again, a message takes the place of its first appearance.
      setToasts((all) => [...all.filter((toast) => toast.text !== text).slice(-2), { id, text }]);
      setTimeout(() => dismiss(id), VISIBLE_MS);
    },
    [dismiss],
  );

  const list = useMemo(
    () =>
      toasts.map((toast) => (
        <div key={toast.id} className="toast">
          <span>{toast.text}</span>
          <button type="button" aria-label="Dismiss message" onClick={() => dismiss(toast.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      )),
    [toasts, dismiss],
  );

  return (
    <SayContext value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </SayContext>
  );
}
