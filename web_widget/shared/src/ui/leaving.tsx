import { render, type JSX } from "preact";
import type { Translate } from "../i18n.ts";
import type { LinkPiece } from "../links.ts";
import type { SharedKey } from "../sentences.ts";
import { Button } from "./button.tsx";
import { Notice } from "./marks.tsx";
import { Sheet } from "./sheet.tsx";
import "./overlays.css";
import "./leaving.css";

export interface LeavingProps {
  link: LinkPiece & { readonly href: string };
  say: Translate<SharedKey>;
  onClose: () => void;
}

/** Asks before a page opens that is not the company's: names the real host, and goes on only when told to. */
export function Leaving({ link, say, onClose }: LeavingProps): JSX.Element {
  return (
    <Sheet title={say("leaving.title")} closeLabel={say("leaving.stay")} onClose={onClose} testId="leaving">
      <p class="cs-leaving-host" dir="ltr" data-testid="leaving-host">
        {link.host}
      </p>
      <Notice kind="warn">{say("leaving.warning")}</Notice>
      <Button kind="primary" place="cs-leaving-act" onClick={onClose} testId="leaving-stay">
        {say("leaving.stay")}
      </Button>
      <a
        class="cs-button cs-button-plain cs-leaving-act"
        href={link.href}
        target="_blank"
        rel="noopener noreferrer nofollow"
        onClick={onClose}
        data-testid="leaving-go"
      >
        {say("leaving.go")}
      </a>
    </Sheet>
  );
}

/** Shows it over everything else: a message is no place for a sheet. */
export function askBeforeLeaving(link: LeavingProps["link"], say: Translate<SharedKey>): void {
  const ground = document.body.appendChild(document.createElement("div"));
  const close = (): void => {
    render(null, ground);
    ground.remove();
  };
  render(<Leaving link={link} say={say} onClose={close} />, ground);
}
