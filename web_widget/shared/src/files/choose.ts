/** Which files may go with a message: the server looks at their content, this spares a useless upload. */

export const MOST_FILES = 5;
export const MOST_BYTES = 10_000_000;

/** For the file dialog; HEIC is left out, so that phones turn their pictures into something all can see. */
export const ACCEPT = "image/jpeg,image/png,image/webp,image/gif,application/pdf,text/plain,.log,.txt,.csv,.json,.har";

/** Pictures of phones and scanners that not everybody can open; some browsers can, and make others of them. */
const FOREIGN_TYPES = /^image\/(hei[cf]|avif|bmp|tiff)/;
const FOREIGN_NAMES = /\.hei[cf]$/i;

const TYPES = /^(image\/(jpeg|png|webp|gif)|application\/pdf|text\/plain)$/;
const TEXT_NAMES = /\.(log|txt|csv|json|har)$/i;

export type Reason = "type" | "size" | "count";

export interface Chosen<Candidate> {
  readonly taken: readonly Candidate[];
  /** Why the first of the others was left out. */
  readonly reason: Reason | null;
}

/** Takes what may go along beside `already` files. */
export function choose<Candidate extends { name: string; type: string; size: number }>(
  files: readonly Candidate[],
  already: number,
): Chosen<Candidate> {
  const taken: Candidate[] = [];
  let reason: Reason | null = null;
  for (const file of files) {
    const wrong = already + taken.length >= MOST_FILES ? "count" : fault(file);
    if (wrong === null) taken.push(file);
    else reason ??= wrong;
  }
  return { taken, reason };
}

function fault({ name, type, size }: { name: string; type: string; size: number }): Reason | null {
  if (!TYPES.test(type) && !TEXT_NAMES.test(name)) return "type";
  return size > MOST_BYTES || size === 0 ? "size" : null;
}

/** Whether it is a picture that must become another one before it can be sent. */
export function isForeignPicture({ name, type }: { name: string; type: string }): boolean {
  return FOREIGN_TYPES.test(type) || (FOREIGN_NAMES.test(name) && !TYPES.test(type));
}

/** A size as people say it. */
export function sizeText(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
