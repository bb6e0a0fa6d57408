import type { HeldText } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive, useNow } from "../desk/live.ts";
import { TextField } from "../dialogs/fields.tsx";
import { HttpRefusal } from "../http.ts";
import { failureText } from "../view/notice_bar.tsx";
import { en, type RecordsKey } from "./texts/en.ts";
import { useWords } from "./words.ts";

const LONGEST_REASON = 200;
const SECOND_MS = 1_000;

/** What agents wanted to write and must not, until a second person has looked at it. */
export function HeldPage(): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const now = useNow();
  const waiting = useLive((one) => one.held.waiting, sameList).filter(({ expires_at: end }) => end > now);
  const [failure, setFailure] = useState<string | null>(null);
  useEffect(() => desk.quietly(desk.held.load()), [desk]);
  const decide = async ({ id }: HeldText, act: "release" | "reject", body: object): Promise<void> => {
    setFailure(null);
    try {
      await desk.api.send("POST", `held/${id}/${act}`, body);
    } catch (refused) {
      if (!(refused instanceof HttpRefusal)) throw refused;
      // Somebody else was quicker, or its time was over.
      setFailure(refused.error.code === "not_found" ? words("held.gone") : failureText(refused.error.code, say));
    }
    desk.quietly(desk.held.load());
  };
  return (
    <>
      {failure !== null && (
        <p class="hint hint-danger" role="alert">
          {failure}
        </p>
      )}
      {waiting.length === 0 && <p class="lists-empty">{words("held.none")}</p>}
      <ul class="cases" data-testid="held-texts">
        {waiting.map((one) => (
          <HeldCase key={one.id} one={one} leftMs={one.expires_at - now} onDecide={(act, body) => void decide(one, act, body)} />
        ))}
      </ul>
    </>
  );
}

interface CaseProps {
  one: HeldText;
  leftMs: number;
  onDecide: (act: "release" | "reject", body: object) => void;
}

function HeldCase({ one, leftMs, onDecide }: CaseProps): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const [reason, setReason] = useState("");
  const left = Math.ceil(leftMs / SECOND_MS);
  const clock = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  const why = reason.trim();
  return (
    <li class="case" data-testid="held-text" data-id={one.id}>
      <p class="case-top">
        <b>
          <bdi>{one.author.name}</bdi>
        </b>
        {one.kinds.map((kind) => (
          <span key={kind} class="held-kind">
            {kindText(kind, words)}
          </span>
        ))}
        <span class="case-status" title={words("held.left_title")}>
          {words("held.left", { time: clock })}
        </span>
      </p>
      <blockquote class="held-words" dir="auto">
        {one.text}
      </blockquote>
      <button type="button" class="link" onClick={() => desk.select(one.conversation)} data-testid="held-open">
        {words("held.open")}
      </button>
      {one.author.id === desk.me.id ? (
        <p class="quiet">{words("held.own")}</p>
      ) : (
        <>
          <TextField label={say("handoff.reason")} value={reason} onChange={setReason} maxLength={LONGEST_REASON} isOptional testId="held-reason" />
          <p class="case-acts">
            <Button isSmall kind="primary" onClick={() => onDecide("reject", why === "" ? {} : { reason: why })} testId="held-reject">
              {words("held.reject")}
            </Button>
            <Button isSmall onClick={() => onDecide("release", {})} testId="held-release">
              {words("held.release")}
            </Button>
          </p>
        </>
      )}
    </li>
  );
}

/** The words for a kind; one of a later server is shown as it is. */
function kindText(kind: string, words: (key: RecordsKey) => string): string {
  const key = `held.${kind}`;
  return key in en ? words(key as RecordsKey) : kind;
}
