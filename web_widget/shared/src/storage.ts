import type { Outgoing } from "./outbox.ts";

/** The part of `localStorage` that is used; a host may bring its own. */
export interface KeyValue {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
  key(index: number): string | null;
  readonly length: number;
}

/** Keeps things in memory only, for pages that may not store anything. */
export class MemoryStorage implements KeyValue {
  private readonly values = new Map<string, string>();

  get length(): number {
    return this.values.size;
  }

  getItem(key: string): string | null {
    return this.values.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    this.values.set(key, value);
  }

  removeItem(key: string): void {
    this.values.delete(key);
  }

  key(index: number): string | null {
    return [...this.values.keys()][index] ?? null;
  }
}

/** The browser's storage where it can be used, else memory: private windows and frames may refuse it. */
export function browserStorage(): KeyValue {
  try {
    const probe = "chatserver.probe";
    localStorage.setItem(probe, "1");
    localStorage.removeItem(probe);
    return localStorage;
  } catch {
    return new MemoryStorage();
  }
}

/**
 * Small things that outlive a reload, of one person on this device (`scope`).
 *
 * Each outgoing message is an entry of its own, so that two tabs never overwrite each other's.
 */
export class Keepsake {
  readonly scope: string;
  private readonly prefix: string;
  private readonly storage: KeyValue;

  constructor(storage: KeyValue, scope: string) {
    this.scope = scope;
    this.storage = storage;
    // The bar cannot occur in an encoded scope, so no person's entries begin like another's.
    this.prefix = `chatserver|${encodeURIComponent(scope)}|`;
  }

  get(name: string): string | null {
    return this.storage.getItem(this.prefix + name);
  }

  /** Stores a value, or removes it when null. A full storage is no reason to stop the conversation. */
  set(name: string, value: string | null): void {
    try {
      if (value === null) this.storage.removeItem(this.prefix + name);
      else this.storage.setItem(this.prefix + name, value);
    } catch (error) {
      console.warn("This device could not store what was written; it is kept until the page closes.", error);
    }
  }

  /** The messages that an earlier page left unsent. */
  outgoing(): Outgoing[] {
    return this.names("out.")
      .map((name) => this.storage.getItem(name))
      .flatMap((text) => parsed(text));
  }

  /** Brings the stored messages in line with `after`, touching only those that differ from `before`. */
  keepOutgoing(before: readonly Outgoing[], after: readonly Outgoing[]): void {
    const keys = new Set(after.map((item) => item.key));
    for (const item of before) if (!keys.has(item.key)) this.set(`out.${item.key}`, null);
    const known = new Set(before);
    for (const item of after) if (!known.has(item)) this.set(`out.${item.key}`, JSON.stringify(item));
  }

  private names(start: string): string[] {
    const names: string[] = [];
    for (let index = 0; index < this.storage.length; index += 1) {
      const name = this.storage.key(index);
      if (name?.startsWith(this.prefix + start)) names.push(name);
    }
    return names;
  }
}

function parsed(text: string | null): Outgoing[] {
  if (text === null) return [];
  try {
    const item = JSON.parse(text) as Partial<Outgoing>;
    const whole = typeof item.key === "string" && typeof item.text === "string";
    return whole ? [item as Outgoing] : [];
  } catch {
    return [];
  }
}
