import type { LinkShown } from "./generated/protocol.ts";

export type Verdict = LinkShown["verdict"];

/** An address with the host that it really leads to; `href` is null where it must not be opened with a tap. */
export interface LinkPiece {
  readonly kind: "link";
  readonly text: string;
  readonly href: string | null;
  readonly host: string;
  readonly verdict: Verdict;
}

/** A piece of a message: plain text, or an address. */
export type Piece = { readonly kind: "text"; readonly text: string } | LinkPiece;

// Only addresses that say what they are: guessing at bare words makes links nobody meant.
const ADDRESS = /https?:\/\/[^\s<>"'`\u3000-\u303f\uff00-\uffef]+/;
const TRAILING = /[.,;:!?)\]}]+$/;

/**
 * Cuts a message into text and links: those that the server has judged, else those that are plain to see, which
 * nobody has judged. The host is in its ASCII form there, so look-alike letters show.
 */
export function pieces(text: string, judged: readonly LinkShown[] = []): Piece[] {
  return judged.length > 0 ? cut(text, judged) : plainly(text);
}

/** The server counts code points, JavaScript halves of them. */
function cut(text: string, judged: readonly LinkShown[]): Piece[] {
  const points = [...text];
  const found: Piece[] = [];
  let end = 0;
  for (const link of judged) {
    if (link.start > end) found.push({ kind: "text", text: points.slice(end, link.start).join("") });
    const written = points.slice(link.start, link.end).join("");
    found.push({ kind: "link", text: written, href: address(written, link.verdict), host: link.host, verdict: link.verdict });
    end = link.end;
  }
  if (end < points.length) found.push({ kind: "text", text: points.slice(end).join("") });
  return found;
}

/** What a tap opens: nothing of what is dangerous, no addresses for mail, and nothing that is not written as one. */
function address(written: string, verdict: Verdict): string | null {
  if (verdict === "suspicious" || verdict === "phishing") return null;
  const isBare = /^[a-z0-9.-]+\.[a-z]{2,}(?:[:/?#]|$)/i.test(written) && !written.includes("@");
  return parsed(isBare ? `https://${written}` : written)?.href ?? null;
}

function plainly(text: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  const address = new RegExp(ADDRESS, "gi");
  for (let match = address.exec(text); match !== null; match = address.exec(text)) {
    const written = match[0].replace(TRAILING, "");
    const url = parsed(written);
    if (url === null) continue;
    if (match.index > end) found.push({ kind: "text", text: text.slice(end, match.index) });
    found.push({ kind: "link", text: written, href: url.href, host: url.host, verdict: "unknown" });
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
