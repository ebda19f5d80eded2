/** Line icons, drawn here so that no icon set is shipped for a dozen of them. */
const shapes = {
  accounts: 'M4 6h16M4 12h16M4 18h10',
  incident:
    'M12 9v4m0 3.5v.01M10.3 4.2 2.9 17a2 2 0 0 0 1.7 3h14.800a2 2 0 0 0 1.7-3L13.7 4.200a2 2 0 0 0-3.4 0Z',
  plus: 'M12 5v14M5 12h14',
  check: 'm5 12.5 4.5 4.500L19 7.5',
  close: 'M6 6l12 12M18 6 6 18',
  anchor: 'M12 8v13M8 11.500h8M4 14c.5 4 4 7 8 7s7.5-3 8-7M14.5 5.500a2.5 2.5 0 1 1-5 0 2.5 2.5 0 0 1 5 0Z',
  link: 'M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.300l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.700l1-1',
  refresh: 'M20 11a8 8 0 0 0-14.3-4L4 9m0-5v5h5M4 13a8 8 0 0 0 14.3 4l1.7-2m0 5v-5h-5',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  out: 'M14 8V5H5v14h9v-3M10 12h10m-3-3 3 3-3 3',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14Zm9 2-4-4',
  channel: 'M4 10v4h3l6 4V6L7 10H4Zm12.500-1a4 4 0 0 1 0 6m2.500-9a8 8 0 0 1 0 12',
  clock: 'M12 7v5l3 2m6-2a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z',
} as const;

export type IconName = keyof typeof shapes;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={shapes[name]} />
    </svg>
  );
}
