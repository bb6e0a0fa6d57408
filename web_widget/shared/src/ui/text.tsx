import type { JSX } from "preact";
import type { Translate } from "../i18n.ts";
import { pieces } from "../links.ts";
import type { SharedKey } from "../sentences.ts";

/**
 * What somebody wrote: always text, never markup. A link says which host it really leads to, and the
 * page it opens learns nothing about this one.
 */
export function WrittenText({ text, say }: { text: string; say: Translate<SharedKey> }): JSX.Element {
  return (
    <>
      {pieces(text).map((piece) =>
        piece.kind === "text" ? (
          piece.text
        ) : (
          <>
            <a
              href={piece.href}
              target="_blank"
              rel="noopener noreferrer nofollow"
              title={say("link.goes_to", { host: piece.host })}
            >
              {piece.text}
            </a>
            <span class="cs-host" data-testid="link-host"> ({piece.host})</span>
          </>
        ),
      )}
    </>
  );
}
