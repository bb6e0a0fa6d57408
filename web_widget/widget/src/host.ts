import { opened, sealed, type FromHost, type FromWidget } from "./envelope.ts";

/** Who holds the widget: a page around its frame, an app around its web view, or nobody. */
export interface Host {
  /** Whether there is somebody who can hide the widget. */
  readonly canClose: boolean;
  /** Whether there is somebody who can show notifications. */
  readonly canNotify: boolean;
  /** Calls back for everything the host says; the first is `hello`. */
  listen(listener: (message: FromHost) => void): void;
  tell(message: FromWidget): void;
  /** The signed identity of the person, or null when nobody is signed in. */
  token(): Promise<string | null>;
}

/** A host that does not answer within this time has no token for us. */
const TOKEN_TIMEOUT_MS = 10_000;

/** A host that is spoken to by messages; `send` is the way out, `receive` the way in. */
export class TalkingHost implements Host {
  readonly canClose = true;
  readonly canNotify: boolean;
  private readonly way: Way;
  private readonly waiting = new Map<number, (token: string | null) => void>();
  private request = 0;

  constructor(way: Way, canNotify: boolean) {
    this.way = way;
    this.canNotify = canNotify;
  }

  listen(listener: (message: FromHost) => void): void {
    this.way.receive((data) => {
      const message = opened<FromHost>(data);
      if (message?.type === "token") this.answered(message.request, message.token);
      else if (message !== null) listener(message);
    });
    this.tell({ type: "ready" });
  }

  tell(message: FromWidget): void {
    this.way.send(message);
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

/** How messages get to a host and back. */
export interface Way {
  send(message: FromWidget): void;
  receive(take: (data: unknown) => void): void;
}

/** The page around the frame; only its exact origin is spoken to and listened to. */
export function frameWay(origin: string): Way {
  return {
    send: (message) => window.parent.postMessage(sealed(message), origin),
    receive: (take) =>
      window.addEventListener("message", (event: MessageEvent<unknown>) => {
        if (event.source === window.parent && event.origin === origin) take(event.data);
      }),
  };
}

/** The widget as a page of its own: always open, and nobody to ask who this is. */
export class PageHost implements Host {
  readonly canClose = false;
  readonly canNotify = false;

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
