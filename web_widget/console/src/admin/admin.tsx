import type { JSX } from "preact";

export function Admin(): JSX.Element {
  return <main class="area" />;
}
