import type { Call } from "../../widget/loader/api.ts";

declare global {
  interface Window {
    chatserver?: { push(call: Call): unknown };
  }
}
