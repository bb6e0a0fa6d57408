import type { FilledReply } from "@chatserver/shared";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context.ts";

export interface ReplyMenuProps {
  replies: readonly FilledReply[];
  at: number;
  onChoose: (reply: FilledReply) => void;
}

/** The canned replies that fit what was typed after `/`; arrows choose, Enter puts it into the box. */
export function ReplyMenu({ replies, at, onChoose }: ReplyMenuProps): JSX.Element {
  const { say } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => box.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: "nearest" }), [at]);
  return (
    <div ref={box} class="reply-menu" role="listbox" tabIndex={0} aria-label={say("replies.label")} data-testid="replies">
      {replies.length === 0 && <p class="quiet">{say("replies.none")}</p>}
      {replies.map((reply, index) => (
        <div
          key={reply.id}
          class="reply"
          role="option"
          aria-selected={index === at}
          onMouseDown={(event) => {
            // The box keeps the focus.
            event.preventDefault();
            onChoose(reply);
          }}
          data-testid="canned-reply"
          data-id={reply.id}
        >
          <span class="reply-top">
            <bdi>{reply.title}</bdi>
            <kbd>/{reply.shortcut}</kbd>
          </span>
          <bdi class="reply-text">{reply.text}</bdi>
          {reply.missing.length > 0 && <span class="reply-missing">{say("replies.missing", { names: reply.missing.join("、") })}</span>}
        </div>
      ))}
    </div>
  );
}
