import { Avatar, Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { actionsFor, run, type ChatAction } from "../desk/actions.ts";
import { useDesk } from "../desk/context.ts";
import { useLive, useNow } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { clockOf } from "../lists/sections.ts";
import { clockText } from "../time.ts";
import { useUserName } from "./conversation_row.tsx";
import { Glyph } from "./glyph.tsx";
import { useStatusLine } from "./status_line.ts";

/** Who this is about, where it stands, and what can be done. */
export function ChatHeader({ row }: { row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const name = useUserName()(row);
  const statusLine = useStatusLine();
  const showsDetails = useLive((one) => one.showsDetails);
  return (
    <header class="chat-header">
      <button type="button" class="glyph-button chat-back" aria-label={say("lists.label")} onClick={() => desk.select(null)} data-testid="chat-back">
        <Glyph name="back" />
      </button>
      <Avatar name={name} />
      <div class="chat-title">
        <h1>
          <bdi>{name}</bdi>
        </h1>
        <p data-testid="status-line" data-status={row.status}>
          {statusLine(row)}
          <HeaderClock row={row} />
        </p>
      </div>
      <div class="chat-actions" role="group" aria-label={say("action.label")}>
        {actionsFor(desk, row).map((action) => (
          <ActionButton key={action} action={action} row={row} />
        ))}
        <button
          type="button"
          class="glyph-button"
          aria-pressed={showsDetails}
          title={say("action.details")}
          aria-label={say("action.details")}
          onClick={() => desk.show({ showsDetails: !desk.showsDetails })}
          data-testid="details-toggle"
        >
          <Glyph name="info" />
        </button>
      </div>
    </header>
  );
}

function HeaderClock({ row }: { row: Row }): JSX.Element | null {
  const { desk, say } = useDesk();
  const now = useNow();
  const clock = row.agentId === desk.me.id ? clockOf(row, now) : null;
  if (clock === null) return null;
  const { kind, urgency, elapsedMs } = clock;
  return (
    <span class={`clock clock-${urgency}`}>
      {say(kind === "first_reply" ? "row.first_reply" : "row.waiting", { time: clockText(elapsedMs) })}
    </span>
  );
}

const TEST_IDS: Readonly<Record<ChatAction, string>> = {
  takeBack: "takeback",
  handOff: "handoff-open",
  transfer: "transfer-open",
  consult: "consult-open",
  stopHelping: "stop-helping",
  watch: "watch-open",
  unwatch: "unwatch",
  reassign: "reassign-open",
  forceClose: "force-close-open",
  join: "join-open",
  leave: "leave",
  reopen: "reopen",
  close: "close-open",
};

function ActionButton({ action, row }: { action: ChatAction; row: Row }): JSX.Element {
  const { desk, say } = useDesk();
  const text = {
    takeBack: say("action.take_back"),
    handOff: say(row.tier === 2 ? "action.hand_back" : "action.hand_off"),
    transfer: say("action.transfer"),
    consult: say("action.consult"),
    stopHelping: say("action.stop_helping"),
    watch: say("action.watch"),
    unwatch: say("action.unwatch"),
    reassign: say("action.reassign"),
    forceClose: say("action.force_close"),
    join: say("action.join"),
    leave: say("action.leave"),
    reopen: say("action.reopen"),
    close: say("action.close"),
  }[action];
  const kind = action === "takeBack" || action === "reopen" ? "primary" : "plain";
  return (
    <Button kind={kind} isSmall onClick={() => run(desk, action, row.id)} testId={TEST_IDS[action]}>
      {text}
    </Button>
  );
}
