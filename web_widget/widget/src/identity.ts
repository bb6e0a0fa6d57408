import { browserStorage, Keepsake, type Auth, type KeyValue } from "@chatserver/shared";

/** A token this close to its end is not worth connecting with. */
const SPARE_MS = 30_000;

interface Claims {
  readonly sub: string;
  readonly exp: number;
}

/** Reads who a token speaks of. It proves nothing here; the server checks it. */
export function claimsOf(token: string): Claims | null {
  try {
    const [, middle = ""] = token.split(".");
    const bytes = Uint8Array.from(atob(middle.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Claims>;
    return typeof claims.sub === "string" && typeof claims.exp === "number" ? (claims as Claims) : null;
  } catch {
    return null;
  }
}

/** Somebody that the widget talks for: how they are let in, and what is kept on the device for them. */
export interface Person {
  readonly scope: string;
  auth(fresh: boolean): Promise<Auth | null>;
  renew?(): Promise<string>;
  /** The `Authorization` header for HTTP; null for somebody whom the server has not met yet. */
  authorization(fresh: boolean): Promise<string | null>;
  /** Remembers the key an anonymous person returns with. */
  remember(visitor: string): void;
}

/** A person whom the host has signed in. Null when the host has no token after all. */
export async function identified(
  giveToken: () => Promise<string | null>,
  locale: () => string,
): Promise<Person | null> {
  const given = await giveToken();
  if (given === null) return null;
  let token = given;
  const renew = async (): Promise<string> => {
    const next = await giveToken();
    if (next === null) throw new Error("The page gave no token.");
    return (token = next);
  };
  const current = (fresh: boolean): Promise<string> | string => {
    const endsAt = (claimsOf(token)?.exp ?? 0) * 1000;
    return fresh || endsAt - Date.now() < SPARE_MS ? renew() : token;
  };
  return {
    scope: `user:${claimsOf(token)?.sub ?? ""}`,
    renew,
    auth: async (fresh) => ({ as: "user", token: await current(fresh), locale: locale() }),
    authorization: async (fresh) => `Bearer ${await current(fresh)}`,
    remember: () => undefined,
  };
}

const VISITOR = "key";

/** A person nobody vouches for; this device alone knows the key they return with. */
export function anonymous(locale: () => string, storage: KeyValue = browserStorage()): Person {
  const keepsake = new Keepsake(storage, "visitor");
  return {
    scope: "visitor",
    async auth(fresh) {
      // A key that the server does not know (any more) is given up for a new one.
      if (fresh) keepsake.set(VISITOR, null);
      const visitor = keepsake.get(VISITOR);
      return { as: "user", locale: locale(), ...(visitor !== null && { visitor }) };
    },
    authorization() {
      const visitor = keepsake.get(VISITOR);
      return Promise.resolve(visitor === null ? null : `Visitor ${visitor}`);
    },
    remember: (visitor) => keepsake.set(VISITOR, visitor),
  };
}
