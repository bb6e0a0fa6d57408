import type { Locale } from "@chatserver/shared";
import type { ComponentType, JSX } from "preact";
import { useLive } from "../desk/live.ts";
import { ConsultDialog } from "./consult.tsx";
import { CloseDialog } from "./close.tsx";
import { HandOffDialog } from "./hand_off.tsx";
import { JoinDialog } from "./join.tsx";
import { SettingsDialog } from "./settings.tsx";
import { ShortcutSheet } from "./shortcut_sheet.tsx";
import { ForceCloseDialog, ForceOfflineDialog, MoveDialog, ReassignDialog, WatchDialog } from "./supervise.tsx";
import { TransferDialog } from "./transfer.tsx";
import { LaterView } from "../view/areas.tsx";
import { Palette } from "../palette/palette.tsx";

const loadSecurity = async (): Promise<ComponentType> => (await import("../security/security.tsx")).SecurityDialog;

export interface DialogsProps {
  onLocale: (locale: Locale) => void;
  onSignOut: () => void;
}

/** The dialog that is open, if any. */
export function Dialogs(props: DialogsProps): JSX.Element | null {
  const dialog = useLive((desk) => desk.dialog);
  if (dialog === "keys") return <ShortcutSheet />;
  if (dialog === "settings") return <SettingsDialog onLocale={props.onLocale} />;
  if (dialog === "security") return <LaterView load={loadSecurity} />;
  if (dialog === "palette") return <Palette {...props} />;
  return <ChatDialogs />;
}

/** Those that are about the conversation on screen. */
function ChatDialogs(): JSX.Element | null {
  const dialog = useLive((one) => one.dialog);
  const about = useLive((one) => (one.dialog === null ? null : (one.about ?? one.selected)));
  const row = useLive((one) => (about === null || one.dialog === "forceOffline" ? null : one.row(about)));
  if (about === null) return null;
  if (dialog === "forceOffline") return <ForceOfflineDialog about={about} />;
  if (row === null) return null;
  switch (dialog) {
    case "consult":
      return <ConsultDialog row={row} />;
    case "watch":
      return <WatchDialog about={about} />;
    case "reassign":
      return <ReassignDialog about={about} />;
    case "move":
      return <MoveDialog about={about} />;
    case "forceClose":
      return <ForceCloseDialog about={about} />;
    case "handOff":
      return <HandOffDialog row={row} />;
    case "transfer":
      return <TransferDialog row={row} />;
    case "close":
      return <CloseDialog row={row} />;
    case "join":
      return <JoinDialog row={row} />;
    default:
      return null;
  }
}
