/** A piece of a message: plain text, or an address with the host that it really leads to. */
export type Piece =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly href: string; readonly host: string };

// Only addresses that say what they are: guessing at bare words makes links nobody meant.
const ADDRESS = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef]+/;
const TRAILING = /[.,;:!?)\]}]+$/;

/** Cuts a message into text and links. The host is in its ASCII form, so look-alike letters show. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  const address = new RegExp(ADDRESS, "gi");
  for (let match = address.exec(text); match !== null; match = address.exec(text)) {
    const written = match[0].replace(TRAILING, "");
    const url = parsed(written);
    if (url === null) continue;
    if (match.index > end) found.push({ kind: "text", text: text.slice(end, match.index) });
    found.push({ kind: "link", text: written, href: url.href, host: url.host });
    end = match.index + written.length;
  }
  if (end < text.length) found.push({ kind: "text", text: text.slice(end) });
  return found;
}

function parsed(written: string): URL | null {
  try {
    const url = new URL(written);
    return url.protocol === "https:" || url.protocol === "http:" ? url : null;
  } catch {
    return null;
  }
}
