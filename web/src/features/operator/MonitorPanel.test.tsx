import { QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { ToastProvider } from '@/components/Toasts';
import { queryClient } from '@/lib/queryClient';
import { MonitorPanel } from './MonitorPanel';

const checks = { succeeded: 12, failed: 1, skipped: 2, healed: 3 };

test('settings stand in the form, and nothing is saved before something is changed', async () => {
  render(
    <QueryClientProvider client={queryClient}>
      <ToastProvider>
        <MonitorPanel monitor={{ intervalMinutes: null, batchSize: 8, autoHeal: true }} checks={checks} />
      </ToastProvider>
    </QueryClientProvider>,
  );
  expect(screen.getByLabelText<HTMLInputElement>('Minutes between checks').value).toBe('');
  expect(screen.getByLabelText<HTMLInputElement>('Checks at once').value).toBe('8');
  const save = screen.getByRole<HTMLButtonElement>('button', { name: 'Save' });
  expect(save.disabled).toBe(true);
  await userEvent.click(screen.getByRole('checkbox', { name: /Auto-heal/ }));
  expect(save.disabled).toBe(false);
  expect(screen.getByText(/12 succeeded, 3 of them repaired/)).toBeTruthy();
});
