import type { JSX } from "preact";

const PATHS = {
  sound: "M4 10v4h4l5 4V6L8 10H4Zm12-1a4 4 0 0 1 0 6m2.5-8.5a7.5 7.5 0 0 1 0 11",
  mute: "M4 10v4h4l5 4V6L8 10H4Zm12 0 4 4m0-4-4 4",
  keys: "M3 7h18v10H3V7Zm3 3h.01M10 10h.01M14 10h.01M18 10h.01M8 14h8",
  note: "M5 4h14v11l-5 5H5V4Zm14 11h-5v5",
  info: "M12 11v6m0-9.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4.5 4.5",
  back: "M15 5l-7 7 7 7",
  fold: "M6 9l6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  draft: "M4 20l1-5L16 4l4 4L9 19l-5 1Z",
  chats: "M4 5h16v11H10l-4 4v-4H4V5Zm4 4h8m-8 3h5",
  board: "M4 20V10m5.5 10V4m5.5 16v-7m5 7V8",
  records: "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6l7-3Zm-3 9 2 2 4-4",
  admin: "M4 7h9m5 0h2M4 17h2m5 0h9M15.5 5v4M8.5 15v4",
  settings: "M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm8 3a8 8 0 0 1-.2 1.7l2 1.5-2 3.4-2.3-1a8 8 0 0 1-3 1.7L14 22.5h-4l-.5-2.2a8 8 0 0 1-3-1.7l-2.3 1-2-3.4 2-1.5a8 8 0 0 1 0-3.4l-2-1.5 2-3.4 2.3 1a8 8 0 0 1 3-1.7l.5-2.2h4l.5 2.2a8 8 0 0 1 3 1.7l2.3-1 2 3.4-2 1.5a8 8 0 0 1 .2 1.7Z",
  leave: "M14 4H5v16h9M10 12h11m-4-4 4 4-4 4",
  attach: "M20 11l-8.5 8.5a5 5 0 0 1-7-7L13 4a3.5 3.5 0 0 1 5 5l-8.5 8.5a2 2 0 0 1-3-3L14 7",
  canned: "M5 4h14v16H5V4Zm4 4h6m-6 4h6m-6 4h3",
  tag: "M3 12V4h8l10 10-8 8L3 12Zm5-4h.01",
  phone: "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a1 1 0 0 1-1 1A16 16 0 0 1 4 5a1 1 0 0 1 1-1Z",
  eye: "M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12Zm10-3a3 3 0 1 0 0 6 3 3 0 0 0 0-6Z",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  plus: "M12 5v14M5 12h14",
  check: "M4 12l5 5L20 6",
  warn: "M12 3 2 20h20L12 3Zm0 7v5m0 3v.01",
  swap: "M4 8h14l-3-3m5 11H6l3 3",
  file: "M6 3h8l4 4v14H6V3Zm8 0v4h4",
  user: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 20c1-4 4.5-5 8-5s7 1 8 5",
} as const;

export type GlyphName = keyof typeof PATHS;

/** A line drawing beside or instead of words; what it means is said by the words. */
export function Glyph({ name, size = 18 }: { name: GlyphName; size?: number }): JSX.Element {
  return (
    <svg class="glyph" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
