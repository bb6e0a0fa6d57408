import type { Call } from "../../widget/loader/loader.ts";

declare global {
  interface Window {
    chatserver?: { push(call: Call): unknown };
  }
}
