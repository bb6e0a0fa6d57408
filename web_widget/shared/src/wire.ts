/**
 * Socket.IO 5 over one WebSocket, as much of it as the server speaks: JSON text packets, the
 * namespace `/`, no polling. The stock client is four times the size of the rest of the connection.
 */
import type { ErrorCode } from "./generated/protocol.ts";

export interface WireEvents {
  /** The server said something by itself. */
  readonly onEvent: (name: string, body: unknown) => void;
  /** The server did not let this client in; no code when it could not be reached or hung up first. */
  readonly onRefused: (code: ErrorCode | undefined) => void;
  /** A connection that had been let in is gone; `wasSentAway` when the server said goodbye. */
  readonly onLost: (wasSentAway: boolean) => void;
}

type Answer = (reply: unknown) => void;

const PATH = "/socket.io/?EIO=4&transport=websocket";

/** One connection at a time; `connect` opens a new one. */
export class Wire {
  private readonly address: string;
  private readonly events: WireEvents;
  private socket: WebSocket | null = null;
  private isIn = false;
  private isSentAway = false;
  private silenceMs = 0;
  private silent: ReturnType<typeof setTimeout> | undefined;
  private lastId = 0;
  private readonly waiting = new Map<number, Answer>();

  constructor(origin: string, events: WireEvents) {
    this.address = origin.replace(/^http/, "ws").replace(/\/$/, "") + PATH;
    this.events = events;
  }

  /** Opens a connection and asks to be let in with `auth`. */
  connect(auth: object): void {
    this.disconnect();
    const socket = new WebSocket(this.address);
    this.socket = socket;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (socket === this.socket && typeof data === "string") this.take(data, auth);
    };
    socket.onclose = () => {
      if (socket === this.socket) this.gone();
    };
  }

  /** Closes the connection without a word to the listener. */
  disconnect(): void {
    const socket = this.socket;
    this.forget();
    if (socket === null) return;
    if (socket.readyState === WebSocket.OPEN) socket.send("41");
    socket.close();
  }

  /** Takes the connection for lost, whatever it seems to be. */
  cut(): void {
    if (this.socket !== null) this.gone();
  }

  /** Sends an event and waits for its answer; null when none came in time or the connection went. */
  ask(name: string, body: unknown, timeoutMs: number): Promise<unknown> {
    return new Promise((resolve) => {
      if (!this.isIn || this.socket === null) return resolve(null);
      const id = (this.lastId += 1);
      const timer = setTimeout(() => answer(null), timeoutMs);
      const answer: Answer = (reply) => {
        clearTimeout(timer);
        this.waiting.delete(id);
        resolve(reply);
      };
      this.waiting.set(id, answer);
      this.socket.send(`42${id}${JSON.stringify([name, body])}`);
    });
  }

  private take(frame: string, auth: object): void {
    const kind = frame[0];
    if (kind === "0") {
      const { pingInterval, pingTimeout } = JSON.parse(frame.slice(1)) as { pingInterval: number; pingTimeout: number };
      this.silenceMs = pingInterval + pingTimeout;
      this.heard();
      this.socket?.send(`40${JSON.stringify(auth)}`);
    } else if (kind === "2") {
      this.heard();
      this.socket?.send("3");
    } else if (kind === "4") {
      this.packet(frame);
    }
  }

  private packet(frame: string): void {
    const [, kind = "", id = "", json = ""] = /^4(\d)(\d*)(.*)$/s.exec(frame) ?? [];
    const body: unknown = json === "" ? null : JSON.parse(json);
    switch (kind) {
      case "0":
        this.isIn = true;
        break;
      case "1":
        this.isSentAway = true;
        this.gone();
        break;
      case "2":
        this.events.onEvent(...(body as [string, unknown]));
        break;
      case "3":
        this.waiting.get(Number(id))?.((body as unknown[])[0]);
        break;
      case "4": {
        this.forget();
        this.events.onRefused((body as { data?: { code?: ErrorCode } } | null)?.data?.code);
      }
    }
  }

  /** The server pings; when it has not for too long, the connection is dead though nobody said so. */
  private heard(): void {
    clearTimeout(this.silent);
    this.silent = setTimeout(() => this.gone(), this.silenceMs);
  }

  private gone(): void {
    const { isIn, isSentAway, socket } = this;
    this.forget();
    socket?.close();
    if (isIn) this.events.onLost(isSentAway);
    else this.events.onRefused(undefined);
  }

  private forget(): void {
    clearTimeout(this.silent);
    this.socket = null;
    this.isIn = this.isSentAway = false;
    for (const answer of [...this.waiting.values()]) answer(null);
  }
}
