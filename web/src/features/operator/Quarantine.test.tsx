import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test, vi } from 'vitest';
import { ToastProvider } from '@/components/Toasts';
import { queryClient } from '@/lib/queryClient';
import { Quarantine } from './Quarantine';

afterEach(() => vi.unstubAllGlobals());

const job = (number: number) => ({
  id: `job:${number}`,
  kind: 'COLLECT_INSIGHTS',
  workspaceId: `workspace:${number}`,
  quarantinedAt: '2026-11-20T10:00:00Z',
  dueAt: null,
  attempts: 6,
});

test('what is set aside is listed page after page', async () => {
  const all = Array.from({ length: 60 }, (_, number) => job(number));
  vi.stubGlobal('fetch', async (_: string, init: RequestInit) => {
    const { first, after } = JSON.parse(String(init.body)).variables;
    const from = Number(after ?? 0);
    const quarantinedJobs = {
      totalCount: all.length,
      nodes: all.slice(from, from + first),
      pageInfo: { hasNextPage: from + first < all.length, endCursor: String(from + first) },
    };
    return new Response(JSON.stringify({ data: { operator: { quarantinedJobs } } }));
  });
  render(
    <QueryClientProvider client={queryClient}>
      <ToastProvider>
        <Quarantine />
      </ToastProvider>
    </QueryClientProvider>,
  );
  await screen.findByText('workspace:49');
  expect(screen.getByText('60')).toBeTruthy();
  expect(screen.queryByText('workspace:50')).toBeNull();
  // By its text: to find roles in so long a table takes seconds.
  await userEvent.click(screen.getByText('Load more'));
  await screen.findByText('workspace:59');
  expect(screen.queryByText('Load more')).toBeNull();
});
