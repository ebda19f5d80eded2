import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react';

export type Tab = { key: string; label: string; content: () => ReactNode };
type TabsProps = { label: string; tabs: readonly Tab[]; selected: string; onSelect: (key: string) => void };

const moves: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Tabs({ label, tabs, selected, onSelect }: TabsProps) {
  const id = useId();
  const list = useRef<HTMLDivElement>(null);
  const at = Math.max(
    0,
    tabs.findIndex((tab) => tab.key === selected),
  );
  const current = tabs[at];

  function onKeyDown(event: KeyboardEvent) {
    const target = tabs[moves[event.key]?.(at, tabs.length) ?? -1];
    if (!target) return;
    event.preventDefault();
    onSelect(target.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${target.key}"]`)?.focus();
  }

  return (
    <div>
      <div className="tabs" role="tablist" aria-label={label} ref={list} onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button
            key={tab.key}
            type="button"
            role="tab"
            className="tab"
            data-key={tab.key}
            id={`${id}-${tab.key}`}
            aria-selected={tab === current}
            aria-controls={tab === current ? `${id}-panel` : undefined}
            tabIndex={tab === current ? 0 : -1}
            onClick={() => onSelect(tab.key)}
          >
            {tab.label}
          </button>
        ))}
      </div>
      {current && (
        <div role="tabpanel" id={`${id}-panel`} aria-labelledby={`${id}-${current.key}`}>
          {current.content()}
        </div>
      )}
    </div>
  );
}
