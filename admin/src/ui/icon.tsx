/** Paths of 24 by 24, drawn with a line of 1.75. */
const PATHS = {
  alert: 'M12 8v5M12 16.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
  back: 'M19 12H5M11 6l-6 6 6 6',
  bookmark: 'M6 4h12v17l-6-4.5L6 21Z',
  box: 'M3.5 7.5 12 3l8.5 4.5v9L12 21l-8.5-4.5ZM3.5 7.5 12 12l8.5-4.5M12 12v9',
  check: 'M4.5 12.5 10 18 20 6.5',
  close: 'M6 6l12 12M18 6 6 18',
  columns: 'M4 5h16v14H4ZM10 5v14M15 5v14',
  database: 'M4 6c0-4 16-4 16 0s-16 4-16 0ZM4 6v12c0 4 16 4 16 0V6M4 12c0 4 16 4 16 0',
  download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
  drag: 'M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01',
  external: 'M14 5h5v5M19 5l-8 8M17 14v5H5V7h5',
  eye: 'M2.5 12C6 5.5 18 5.5 21.5 12 18 18.5 6 18.5 2.5 12ZM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5Z',
  filter: 'M4 6h16M7 12h10M10 18h4',
  home: 'M4 11 12 4l8 7v9h-5v-6H9v6H4Z',
  image: 'M4 5h16v14H4ZM4 16l5-5 4 4 2.5-2.5L20 17M15.5 9v.01',
  list: 'M8 6h12M8 12h12M8 18h12M4 6v.01M4 12v.01M4 18v.01',
  mail: 'M3.5 6h17v12h-17ZM3.5 7l8.5 6 8.5-6',
  menu: 'M4 7h16M4 12h16M4 17h16',
  minus: 'M5 12h14',
  more: 'M5 12v.01M12 12v.01M19 12v.01',
  next: 'M9 6l6 6-6 6',
  orders: 'M6 3h12v18l-3-2-3 2-3-2-3 2ZM9 8h6M9 12h6',
  pencil: 'M4 20l1-4L16.5 4.5l3 3L8 19Z',
  plus: 'M12 5v14M5 12h14',
  previous: 'M15 6l-6 6 6 6',
  print: 'M7 9V4h10v5M7 17H4V9h16v8h-3M7 14h10v6H7Z',
  record: 'M12 7v5l3 2M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM16 16l4.5 4.5',
  sortDown: 'M12 5v14M6 13l6 6 6-6',
  sortUp: 'M12 19V5M6 11l6-6 6 6',
  tag: 'M4 4h8l8.5 8.5-8 8L4 12ZM8 8v.01',
  trash: 'M4.5 7h15M9.5 7V4.5h5V7M6.5 7l1 13h9l1-13',
  truck:
    'M2.5 6h11v10h-11ZM13.5 10h4l3 3v3h-7M7 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM17 16a2 2 0 1 0 0 4 2 2 0 0 0 0-4Z',
  undo: 'M8 5 4 9l4 4M4 9h10a5.5 5.5 0 0 1 0 11H8',
  upload: 'M12 20V9M7 13l5-5 5 5M5 4h14',
  user: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4.5 20.5c1-8 14-8 15 0',
  warning: 'M12 4 2.5 20h19ZM12 10v4.5M12 17.2v.01',
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: its meaning is in the text beside it, or in the `aria-label` of its button. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
