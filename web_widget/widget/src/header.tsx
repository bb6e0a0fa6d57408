import { Icon, IconButton } from "@chatserver/shared/ui";
import { back as backIcon, down, more } from "@chatserver/shared/ui/icons";
import type { ComponentChildren, JSX } from "preact";
import type { MenuMore, Session } from "./session.ts";
import type { Say } from "./texts/index.ts";

export interface HeaderProps {
  session: Session;
  say: Say;
  title: string;
  subtitle?: string;
  /** Stands before the title, and behind it. */
  mark?: ComponentChildren;
  seal?: ComponentChildren;
  onBack?: () => void;
  /** What the menu offers besides the settings. */
  menu?: MenuMore;
}

/** The top of every screen: where one is, the menu, and the way out. */
export function Header({ session, say, title, subtitle, mark, seal, onBack, menu = () => null }: HeaderProps): JSX.Element {
  return (
    <header class="w-header">
      {onBack && (
        <IconButton label={say("chat.back")} onClick={onBack} place="w-back" testId="back">
          <Icon path={backIcon} />
        </IconButton>
      )}
      {mark}
      <div class="w-header-words">
        <div class="w-header-title">
          <h1 data-testid="title">{title}</h1>
          {seal}
        </div>
        {subtitle !== undefined && <p class="w-header-subtitle">{subtitle}</p>}
      </div>
      <IconButton label={say("menu.open")} onClick={() => session.showMenu(menu)} aria-haspopup="dialog" testId="menu">
        <Icon path={more} size={24} />
      </IconButton>
      {session.host.canClose && (
        <IconButton label={say("panel.close")} onClick={() => session.host.tell({ type: "close_wanted" })} testId="widget-close">
          <Icon path={down} />
        </IconButton>
      )}
    </header>
  );
}
