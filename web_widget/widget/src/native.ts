import { sealed, type FromWidget } from "./envelope.ts";
import type { Way } from "./host.ts";

/** What an app may have put into the page of its web view; see docs/widget.md. */
interface NativeWindow {
  /** Android, `WebViewCompat.addWebMessageListener`: both ways, for our origin only. */
  readonly chatserverNative?: { postMessage(text: string): void; onmessage?: (event: { data: unknown }) => void };
  /** Android, `addJavascriptInterface`. */
  readonly chatserverAndroid?: { postMessage(text: string): void };
  /** iOS, `WKScriptMessageHandler`. */
  readonly webkit?: { readonly messageHandlers?: { readonly chatserver?: { postMessage(body: unknown): void } } };
  /** The way back where the app can only run a script. */
  chatserver?: { receive(text: string): void };
}

/** The app around a web view, or null where there is none. Messages go as JSON text on Android. */
export function nativeWay(page: Window = window): Way | null {
  const native = page as unknown as NativeWindow;
  const send = sender(native);
  if (page.parent !== page || send === null) return null;
  return {
    send,
    receive(take) {
      const read = (text: unknown): void => take(typeof text === "string" ? parsed(text) : text);
      native.chatserver = { receive: read };
      if (native.chatserverNative !== undefined) native.chatserverNative.onmessage = ({ data }) => read(data);
    },
  };
}

function sender({ chatserverNative, chatserverAndroid, webkit }: NativeWindow): ((message: FromWidget) => void) | null {
  const handler = webkit?.messageHandlers?.chatserver;
  if (handler !== undefined) return (message) => handler.postMessage(sealed(message));
  const android = chatserverNative ?? chatserverAndroid;
  return android === undefined ? null : (message) => android.postMessage(JSON.stringify(sealed(message)));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** What `WebView.createWebMessageChannel` on Android posts first: a port, from nobody (no page can pretend that). */
export function portWay(page: Window = window): Promise<Way> {
  return new Promise((resolve) => {
    const wait = (event: MessageEvent<unknown>): void => {
      const [port] = event.ports;
      if (event.source !== null || event.data !== "chatserver/1" || port === undefined) return;
      page.removeEventListener("message", wait);
      resolve({
        send: (message) => port.postMessage(JSON.stringify(sealed(message))),
        receive: (take) => (port.onmessage = ({ data }) => take(typeof data === "string" ? parsed(data) : null)),
      });
    };
    page.addEventListener("message", wait);
  });
}
