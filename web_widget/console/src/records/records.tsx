import type { JSX } from "preact";

export function Records(): JSX.Element {
  return <main class="area" />;
}
