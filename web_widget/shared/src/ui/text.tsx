import type { JSX } from "preact";
import type { LinkShown } from "../generated/protocol.ts";
import type { Translate } from "../i18n.ts";
import { pieces, type LinkPiece } from "../links.ts";
import type { SharedKey } from "../sentences.ts";

export interface WrittenTextProps {
  text: string;
  say: Translate<SharedKey>;
  /** What the server says of the links in it. */
  links?: readonly LinkShown[] | undefined;
}

type OpenLink = LinkPiece & { readonly href: string };

/**
 * What somebody wrote: always text, never markup. A link says which host it really leads to and whether that is ours;
 * one that is not ours asks before it opens, and the page that it opens learns nothing about this one.
 */
export function WrittenText({ text, say, links }: WrittenTextProps): JSX.Element {
  const leave = (link: OpenLink): void => {
    // Few links are opened, so what asks is loaded by the first.
    void import("./leaving.tsx").then((part) => part.askBeforeLeaving(link, say));
  };
  return (
    <>
      {pieces(text, links).map((piece) => (piece.kind === "text" ? piece.text : <Address piece={piece} say={say} onAsk={leave} />))}
    </>
  );
}

function Address({ piece, say, onAsk }: { piece: LinkPiece; say: Translate<SharedKey>; onAsk: (link: OpenLink) => void }): JSX.Element {
  const { href, host, verdict } = piece;
  const isOurs = verdict === "official";
  const isBad = verdict === "suspicious" || verdict === "phishing";
  return (
    <>
      {href === null ? (
        <span class={isBad ? "cs-link-bad" : undefined}>{piece.text}</span>
      ) : (
        <a
          href={href}
          target="_blank"
          rel="noopener noreferrer nofollow"
          title={say("link.goes_to", { host })}
          onClick={(event) => {
            if (isOurs) return;
            event.preventDefault();
            onAsk({ ...piece, href });
          }}
        >
          {piece.text}
        </a>
      )}
      <span class={`cs-host cs-host-${verdict}`} data-testid="link-host" data-verdict={verdict}>
        {" "}
        ({isOurs ? "✓ " : isBad ? "⚠ " : ""}
        {host}
        {isOurs && ` · ${say("link.official")}`}
        {isBad && ` · ${say(`link.${verdict}`)}`})
      </span>
    </>
  );
}
