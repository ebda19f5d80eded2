import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { CountTiles } from './CountTiles';

const figure = (label: string) => screen.queryByText(label)?.nextElementSibling?.textContent;

test('a disconnected account is not counted as healthy', () => {
  render(
    <CountTiles
      counts={{
        total: 4,
        amber: 1,
        red: 0,
        openIncidents: 0,
        byState: [
          { state: 'HEALTHY', count: 3 },
          { state: 'DISCONNECTED', count: 1 },
        ],
      }}
    />,
  );
  expect(figure('Healthy')).toBe('2');
  expect(figure('Disconnected')).toBe('1');
});

test('until the figures are known, dashes hold their place', () => {
  render(<CountTiles counts={undefined} />);
  expect(figure('Accounts')).toBe('–');
  expect(figure('Healthy')).toBe('–');
  expect(figure('Disconnected')).toBeUndefined();
});
