import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { ToastProvider, useToast } from './Toasts';

function Speaker() {
  const say = useToast();
  return (
    <button type="button" onClick={() => say('Copied.')}>
      Copy
    </button>
  );
}

test('what is said twice stands there once', async () => {
  render(
    <ToastProvider>
      <Speaker />
    </ToastProvider>,
  );
  const button = screen.getByRole('button', { name: 'Copy' });
  await userEvent.click(button);
  await userEvent.click(button);
  expect(screen.getAllByText('Copied.')).toHaveLength(1);
});
