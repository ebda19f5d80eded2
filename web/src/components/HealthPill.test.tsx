import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import type { HealthPillFragment } from '@/gql/graphql';
import { HealthPill } from './HealthPill';

function pill(health: HealthPillFragment): HTMLElement {
  const { container } = render(<HealthPill health={health} />);
  return container.firstElementChild as HTMLElement;
}

test('a healthy account shows the days that are left', () => {
  const shown = pill({ state: 'HEALTHY', urgency: 'OK', daysLeft: 47 });
  expect(shown.textContent).toBe('Healthy · 47 days left');
  expect(shown.className).toBe('pill pill-ok');
});

test('a token without expiry shows no days', () => {
  expect(pill({ state: 'HEALTHY', urgency: 'OK', daysLeft: null }).textContent).toBe('Healthy');
});

test('the last week is amber', () => {
  const shown = pill({ state: 'DUE', urgency: 'AMBER', daysLeft: 1 });
  expect(shown.textContent).toBe('Renewal due · 1 day left');
  expect(shown.className).toContain('pill-amber');
});

test('a broken account says what it needs, not how long its dead token would have lived', () => {
  pill({ state: 'NEEDS_RECONNECT', urgency: 'RED', daysLeft: 40 });
  expect(screen.getByText('Needs reconnect').className).toContain('pill-red');
});

test('a disconnected account alarms nobody', () => {
  expect(pill({ state: 'DISCONNECTED', urgency: 'OK', daysLeft: null }).className).toBe('pill');
});
