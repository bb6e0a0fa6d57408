import { opened, sealed, type FromHost, type FromWidget } from "./envelope.ts";

/** Who holds the widget: a page around its frame, or nobody when it fills a web view of its own. */
export interface Host {
  /** Whether there is a page that can hide the widget. */
  readonly canClose: boolean;
  /** Calls back for everything the host says; the first is `hello`. */
  listen(listener: (message: FromHost) => void): void;
  tell(message: FromWidget): void;
  /** The signed identity of the person, or null when nobody is signed in. */
  token(): Promise<string | null>;
}

/** A page that does not answer within this time has no token for us. */
const TOKEN_TIMEOUT_MS = 10_000;

/** The page around the frame; only its exact origin is spoken to and listened to. */
export class FrameHost implements Host {
  readonly canClose = true;
  private readonly origin: string;
  private readonly waiting = new Map<number, (token: string | null) => void>();
  private request = 0;

  constructor(origin: string) {
    this.origin = origin;
  }

  listen(listener: (message: FromHost) => void): void {
    window.addEventListener("message", (event: MessageEvent<unknown>) => {
      if (event.source !== window.parent || event.origin !== this.origin) return;
      const message = opened<FromHost>(event.data);
      if (message?.type === "token") this.answered(message.request, message.token);
      else if (message !== null) listener(message);
    });
    this.tell({ type: "ready" });
  }

  tell(message: FromWidget): void {
    window.parent.postMessage(sealed(message), this.origin);
  }

  token(): Promise<string | null> {
    this.request += 1;
    const request = this.request;
    return new Promise((resolve) => {
      this.waiting.set(request, resolve);
      setTimeout(() => this.answered(request, null), TOKEN_TIMEOUT_MS);
      this.tell({ type: "token_wanted", request });
    });
  }

  private answered(request: number, token: string | null): void {
    this.waiting.get(request)?.(token);
    this.waiting.delete(request);
  }
}

/** The widget as a page of its own: always open, and nobody to ask who this is. */
export class PageHost implements Host {
  readonly canClose = false;

  listen(listener: (message: FromHost) => void): void {
    listener({ type: "hello", locale: null, isIdentified: false, isOpen: true });
  }

  tell(_message: FromWidget): void {
    // A page of its own has no button to put a number on.
  }

  token(): Promise<string | null> {
    return Promise.resolve(null);
  }
}

/** The host this page finds itself in; the loader names its page's origin in the address. */
export function findHost(): Host {
  const origin = new URLSearchParams(location.search).get("host");
  return window.parent !== window && origin !== null ? new FrameHost(origin) : new PageHost();
}
