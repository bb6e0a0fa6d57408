import { opened, sealed, type FromHost, type FromWidget } from "../src/envelope.ts";
import type { Theme } from "./api.ts";
import { inkOn } from "./page.ts";
import { dress } from "./styles.ts";
import { wordsFor } from "./texts.ts";

export interface PanelOptions {
  /** Origin of the chat server: the only one that is spoken to. */
  readonly origin: string;
  readonly locale: string;
  readonly onMessage: (message: FromWidget) => void;
  readonly onOpen: () => void;
}

const CHAT = "M4 5h16v11H10l-4 4v-4H4z";

/** The button and the frame on the page of the host. */
export class Panel {
  private readonly options: PanelOptions;
  private readonly host = document.createElement("div");
  private readonly root = this.host.attachShadow({ mode: "open" });
  private readonly button = document.createElement("button");
  private readonly words = document.createElement("span");
  private readonly count = document.createElement("span");
  private frame: HTMLIFrameElement | null = null;
  private locale: string;

  constructor(options: PanelOptions) {
    this.options = options;
    this.locale = options.locale;
    this.host.id = "chatserver-widget";
    dress(this.root);
    this.count.className = "count";
    this.button.type = "button";
    this.button.dataset["testid"] = "widget-open";
    this.button.append(picture(), this.words, this.count);
    this.button.addEventListener("click", options.onOpen);
    this.root.append(this.button);
    this.speak(this.locale);
    window.addEventListener("message", this.receive);
    document.body.append(this.host);
  }

  /** Loads the widget, if it is not there yet. */
  load(): void {
    if (this.frame !== null) return;
    const frame = document.createElement("iframe");
    const address = new URL("/widget", this.options.origin);
    address.searchParams.set("host", location.origin);
    frame.src = address.href;
    frame.title = wordsFor(this.locale).title;
    frame.allow = "clipboard-write; camera";
    frame.hidden = true;
    frame.dataset["testid"] = "widget-frame";
    this.root.append(frame);
    this.frame = frame;
    this.fitKeyboard(frame);
  }

  show(isOpen: boolean): void {
    if (isOpen) this.load();
    if (this.frame !== null) this.frame.hidden = !isOpen;
    this.button.hidden = isOpen;
    this.post({ type: "shown", isOpen });
    if (isOpen) this.frame?.focus();
    else this.button.focus();
  }

  /** Shows how many messages wait. */
  unread(count: number): void {
    const words = wordsFor(this.locale);
    this.words.textContent = words.open;
    this.count.hidden = count === 0;
    this.count.textContent = count > 99 ? "99+" : String(count);
    const more = count === 0 ? "" : `, ${words.unread.replace("{n}", String(count))}`;
    this.button.setAttribute("aria-label", words.open + more);
  }

  speak(locale: string): void {
    this.locale = locale;
    this.unread(Number(this.count.textContent) || 0);
    this.host.dir = this.isRightToLeft ? "rtl" : "ltr";
    if (this.frame !== null) this.frame.title = wordsFor(locale).title;
  }

  /** Gives the button the colour of the theme. */
  wear({ accent }: Theme): void {
    if (accent === undefined) return;
    this.host.style.setProperty("--accent", accent);
    this.host.style.setProperty("--on-accent", inkOn(accent));
  }

  /** Whether the page runs from right to left: the button and the frame stand on the other side then. */
  get isRightToLeft(): boolean {
    return getComputedStyle(document.documentElement).direction === "rtl";
  }

  /** Tells the widget; it hears nothing before it said `ready`. */
  post(message: FromHost): void {
    this.frame?.contentWindow?.postMessage(sealed(message), this.options.origin);
  }

  /** Where the keyboard of a phone lies over the page, the frame ends above it. */
  private fitKeyboard(frame: HTMLIFrameElement): void {
    const seen = window.visualViewport as VisualViewport | undefined;
    const fit = (): void => {
      const isCovered = seen !== undefined && frame.clientWidth === window.innerWidth && window.innerHeight - seen.height > 60;
      frame.style.height = isCovered ? `${seen.height}px` : "";
      frame.style.top = isCovered ? `${seen.offsetTop}px` : "";
    };
    seen?.addEventListener("resize", fit);
    seen?.addEventListener("scroll", fit);
  }

  private readonly receive = (event: MessageEvent<unknown>): void => {
    if (event.origin !== this.options.origin || this.frame === null) return;
    if (event.source !== this.frame.contentWindow) return;
    const message = opened<FromWidget>(event.data);
    if (message !== null) this.options.onMessage(message);
  };
}

function picture(): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const look = { width: "22", height: "22", viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(look)) svg.setAttribute(name, value);
  path.setAttribute("d", CHAT);
  path.setAttribute("stroke-width", "2");
  path.setAttribute("stroke-linejoin", "round");
  svg.append(path);
  return svg;
}
