import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { ChatHeader } from "./chat_header.tsx";
import { Colleagues } from "./colleagues.tsx";
import { NoticeBar } from "./notice_bar.tsx";
import { Thread } from "./thread.tsx";
import { WriteBox } from "./write_box.tsx";

/** The middle pane: one conversation. */
export function Chat({ id }: { id: string }): JSX.Element {
  const { say } = useDesk();
  const row = useLive((desk) => desk.row(id));
  const { log } = row;
  return (
    <main class="chat" data-testid="chat" data-id={id} data-status={row.status}>
      <ChatHeader row={row} />
      <Colleagues row={row} />
      <NoticeBar id={id} />
      {log.unreadable ? <p class="chat-told">{say("chat.unreadable")}</p> : <Thread row={row} />}
      <WriteBox row={row} />
    </main>
  );
}
