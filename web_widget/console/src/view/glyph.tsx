import type { JSX } from "preact";

const PATHS = {
  sound: "M4 10v4h4l5 4V6L8 10H4Zm12-1a4 4 0 0 1 0 6m2.500-8.500a7.500 7.500 0 0 1 0 11",
  mute: "M4 10v4h4l5 4V6L8 10H4Zm12 0 4 4m0-4-4 4",
  keys: "M3 7h18v10H3V7Zm3 3h.01M10 10h.01M14 10h.01M18 10h.01M8 14h8",
  note: "M5 4h14v11l-5 5H5V4Zm14 11h-5v5",
  info: "M12 11v6m0-9.500v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 4.500 4.500",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  draft: "M4 20l1-5L16 4l4 4L9 19l-5 1Z",
} as const;

/** A line drawing beside or instead of words; what it means is said by the words. */
export function Glyph({ name, size = 18 }: { name: keyof typeof PATHS; size?: number }): JSX.Element {
  return (
    <svg class="glyph" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
