import type { JSX } from "preact";

export function Board(): JSX.Element {
  return <main class="area" />;
}
