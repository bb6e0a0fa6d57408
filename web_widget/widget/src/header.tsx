import { Icon, IconButton } from "@chatserver/shared/ui";
import * as icons from "@chatserver/shared/ui/icons";
import type { ComponentChildren, JSX } from "preact";
import type { Session } from "./session.ts";
import type { Say } from "./texts/index.ts";

export interface HeaderProps {
  session: Session;
  say: Say;
  title: string;
  subtitle?: string;
  /** Stands before the title. */
  mark?: ComponentChildren;
  onBack?: () => void;
  children?: ComponentChildren;
}

/** The top of every screen: where one is, the language, and the way out. */
export function Header({ session, say, title, subtitle, mark, onBack, children }: HeaderProps): JSX.Element {
  const other = session.locale === "zh-CN" ? "en" : "zh-CN";
  return (
    <header class="w-header">
      {onBack && (
        <IconButton label={say("chat.back")} onClick={onBack} testId="back">
          <Icon path={icons.back} />
        </IconButton>
      )}
      {mark}
      <div class="w-header-words">
        <h1 class="w-header-title" data-testid="title">
          {title}
        </h1>
        {subtitle !== undefined && <p class="w-header-subtitle">{subtitle}</p>}
      </div>
      {children}
      <button
        type="button"
        class="w-language"
        lang={other}
        title={say("language.label")}
        data-testid="language"
        onClick={() => session.speak(other)}
      >
        {say("language.switch")}
      </button>
      {session.host.canClose && (
        <IconButton
          label={say("panel.close")}
          onClick={() => session.host.tell({ type: "close_wanted" })}
          testId="widget-close"
        >
          <Icon path={icons.down} />
        </IconButton>
      )}
    </header>
  );
}
