/**
 * `<script async src="https://support.example/widget.js"></script>` puts the widget on a page.
 *
 * Calls may be made before it has loaded: `(window.chatserver ??= []).push(["identify", giveToken])`.
 * `data-locale` on the tag sets the language; else it follows the page's.
 */
import type { Call } from "./api.ts";
import { Loader } from "./loader.ts";

declare global {
  interface Window {
    chatserver?: { push(call: Call): unknown };
  }
}

const script = document.currentScript as HTMLScriptElement | null;

function begin(): void {
  const queued = window.chatserver;
  if (queued instanceof Loader || script === null) return;
  const loader = new Loader(new URL(script.src).origin, script.dataset["locale"] ?? null);
  window.chatserver = loader;
  for (const call of Array.isArray(queued) ? (queued as Call[]) : []) loader.push(call);
  loader.resume();
}

if (document.body === null) document.addEventListener("DOMContentLoaded", begin);
else begin();
