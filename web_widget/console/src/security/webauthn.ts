/** Passkeys: what the server asks of the browser's API and what that answers, as JSON both ways. */

type Json = Record<string, unknown>;

/** Whether this browser, on this address, can use passkeys at all. */
export const hasPasskeys = (): boolean => "PublicKeyCredential" in window && window.isSecureContext;

/** Have the browser make a passkey; null when the person called it off. */
export async function makePasskey(options: Json): Promise<Json | null> {
  const user = options["user"] as Json;
  const publicKey = {
    ...options,
    challenge: bytesOf(options["challenge"]),
    user: { ...user, id: bytesOf(user["id"]) },
    excludeCredentials: described(options["excludeCredentials"]),
  } as unknown as PublicKeyCredentialCreationOptions;
  const made = await unlessCalledOff(navigator.credentials.create({ publicKey }));
  if (made === null) return null;
  const response = made.response as AuthenticatorAttestationResponse;
  return answer(made, { attestationObject: textOf(response.attestationObject), clientDataJSON: textOf(response.clientDataJSON) });
}

/** Have a passkey sign; null when the person called it off. */
export async function signWithPasskey(options: Json): Promise<Json | null> {
  const publicKey = {
    ...options,
    challenge: bytesOf(options["challenge"]),
    allowCredentials: described(options["allowCredentials"]),
  } as unknown as PublicKeyCredentialRequestOptions;
  const made = await unlessCalledOff(navigator.credentials.get({ publicKey }));
  if (made === null) return null;
  const response = made.response as AuthenticatorAssertionResponse;
  return answer(made, {
    authenticatorData: textOf(response.authenticatorData),
    clientDataJSON: textOf(response.clientDataJSON),
    signature: textOf(response.signature),
    userHandle: response.userHandle === null ? null : textOf(response.userHandle),
  });
}

async function unlessCalledOff(asked: Promise<Credential | null>): Promise<PublicKeyCredential | null> {
  try {
    return (await asked) as PublicKeyCredential | null;
  } catch (failure) {
    if (failure instanceof DOMException) return null;
    throw failure;
  }
}

const answer = (made: PublicKeyCredential, response: Json): Json => ({ id: made.id, rawId: textOf(made.rawId), type: made.type, response });

function described(keys: unknown): { id: ArrayBuffer; type: "public-key" }[] {
  return ((keys ?? []) as Json[]).map((one) => ({ id: bytesOf(one["id"]), type: "public-key" }));
}

/** base64url without padding, both ways. */
export function bytesOf(text: unknown): ArrayBuffer {
  const plain = atob(String(text).replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (one) => one.charCodeAt(0)).buffer;
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = String.fromCharCode(...new Uint8Array(bytes));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
