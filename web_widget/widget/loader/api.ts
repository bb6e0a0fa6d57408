/** What a host page can ask of the widget. These types are the npm package's too, so they import nothing. */

/** Gives the signed identity of the person who is signed in on the page; asked again before it ends. */
export type GiveToken = () => Promise<string | null> | string | null;

/** How the widget shall look; whatever is left out stays as it is. */
export interface Theme {
  /** `system` follows the device. */
  scheme?: "light" | "dark" | "system";
  /** `#rrggbb`: buttons, links and own messages; shades that can be read are made from it. */
  accent?: string;
  /** Roundness of buttons and bubbles in CSS pixels, 0–24. */
  radius?: number;
}

/** What can be listened to, with what is told. */
export interface HostEvents {
  open: void;
  close: void;
  /** How many messages wait to be read. */
  unread: number;
  /** A conversation has this status now: `bot`, `waiting`, `offered`, `active` or `closed`. */
  status: { conversation: string; status: string };
}

export type Listener<Name extends keyof HostEvents> = (detail: HostEvents[Name]) => void;

/** What a host page can do: `chatserver.push(["open"])`, before and after the script has loaded. */
export interface HostApi {
  /** Tells who is signed in: nobody's token ever stands in an address. */
  identify(token: GiveToken): void;
  /** Nobody is signed in any more. */
  logout(): void;
  open(): void;
  close(): void;
  /** Speaks another language; without this call the page's own is followed. */
  locale(locale: string): void;
  theme(theme: Theme): void;
  on<Name extends keyof HostEvents>(name: Name, listener: Listener<Name>): void;
}

/** A call as it is queued before the script has loaded. */
export type Call = { [Name in keyof HostApi]: [Name, ...Parameters<HostApi[Name]>] }[keyof HostApi];
