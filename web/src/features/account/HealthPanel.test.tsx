import { render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { expect, test } from 'vitest';
import type { HealthPanelFragment, Role } from '@/gql/graphql';
import { HealthPanel } from './HealthPanel';

const viewer: Role = 'VIEWER';
const health: HealthPanelFragment['tokenHealth'] = {
  state: 'HEALTHY',
  urgency: 'OK',
  reason: null,
  explanation: 'The connection works.',
  nextStep: 'NONE',
  since: '2026-11-20T10:00:00Z',
  expiresAt: '2027-01-20T10:00:00Z',
  daysLeft: 59,
  dataAccessExpiresAt: null,
  lastRefreshedAt: null,
  nextRefreshAt: null,
  nextAttemptAt: null,
  tokenValid: true,
  tokenVerifiedAt: null,
  insightsReadable: true,
  insightsReadAt: null,
  scopes: ['instagram_basic'],
  missingScopes: [],
};

function show(change: Partial<typeof health>) {
  render(
    <MemoryRouter>
      <HealthPanel
        account={{
          id: 'account:1',
          username: 'harbour.bakery',
          contactEmail: null,
          provider: 'FACEBOOK_LOGIN',
          tokenHealth: { ...health, ...change },
        }}
        workspaceId="workspace:1"
        role={viewer}
      />
    </MemoryRouter>,
  );
}

test('an access that works shows when it ends and what it allows, in words', () => {
  show({});
  expect(screen.getByText('59 days left')).toBeDefined();
  expect(screen.getByText('Instagram profile').title).toBe('instagram_basic');
});

test('an access that has ended promises no days', () => {
  show({ state: 'NEEDS_RECONNECT', urgency: 'RED' });
  expect(screen.queryByText('Access expires')).toBeNull();
  expect(screen.queryByText('59 days left')).toBeNull();
  expect(screen.getByText('Ended')).toBeDefined();
});

test('a disconnected account has no access that expires', () => {
  show({ state: 'DISCONNECTED' });
  expect(screen.queryByText('59 days left')).toBeNull();
});
