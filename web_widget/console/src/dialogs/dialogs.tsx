import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { CloseDialog } from "./close.tsx";
import { HandOffDialog } from "./hand_off.tsx";
import { JoinDialog } from "./join.tsx";
import { ShortcutSheet } from "./shortcut_sheet.tsx";
import { TransferDialog } from "./transfer.tsx";

/** The dialog that is open, if any. */
export function Dialogs(): JSX.Element | null {
  const { desk } = useDesk();
  const { dialog, selected } = desk;
  if (dialog === "keys") return <ShortcutSheet />;
  if (dialog === null || selected === null) return null;
  const row = desk.row(selected);
  switch (dialog) {
    case "handOff":
      return <HandOffDialog row={row} />;
    case "transfer":
      return <TransferDialog row={row} />;
    case "close":
      return <CloseDialog row={row} />;
    case "join":
      return <JoinDialog row={row} />;
  }
}
