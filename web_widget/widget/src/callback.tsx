import { timeText, type ChatClient, type ConversationLog } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { deskCommand } from "./desk_commands.ts";
import { Sheet, TextField } from "./sheet.ts";
import type { Say } from "./texts/index.ts";
import { useCommand } from "./use_command.ts";
import { callWindows, type CallWindow } from "./windows.ts";

export interface CallbackProps {
  client: ChatClient;
  log: ConversationLog;
  say: Say;
  /** When the desk opens, if it is closed. */
  opensAt: number | null;
  onClose: () => void;
}

/** Asks to be called instead of waiting: a number, and when. */
export function Callback({ client, log, say, opensAt, onClose }: CallbackProps): JSX.Element {
  const [windows] = useState(() => callWindows(Date.now() + client.clockOffsetMs, opensAt));
  const [chosen, choose] = useState<CallWindow | undefined>(windows[0]);
  const [phone, setPhone] = useState("");
  const [note, setNote] = useState("");
  const ask = useCommand();
  const submit = (event: Event): void => {
    event.preventDefault();
    if (chosen === undefined) return;
    const words = note.trim();
    const body = { conversation: log.id, phone: phone.normalize("NFKC").trim(), ...chosen, ...(words !== "" && { note: words }) };
    ask.run(() => deskCommand(client)("request_callback", body).then(onClose));
  };
  return (
    <Sheet title={say("callback.title")} closeLabel={say("sheet.close")} onClose={onClose} testId="callback">
      <form class="w-form" onSubmit={submit}>
        <p class="w-quiet">{say("callback.lead")}</p>
        <TextField
          id="callback-phone"
          label={say("callback.phone")}
          value={phone}
          onChange={setPhone}
          keyboard="tel"
          autoComplete="tel"
          maxLength={40}
          error={ask.error === null ? undefined : say(ask.error === "invalid" ? "callback.wrong" : `error.${ask.error}`)}
          testId="callback-phone"
        />
        <fieldset class="w-windows">
          <legend class="cs-field-label">{say("callback.when")}</legend>
          {daysOf(windows).map(([day, parts]) => (
            <div key={day} class="w-day" role="group" aria-label={dayText(day, say)}>
              <span aria-hidden="true">{dayText(day, say)}</span>
              {parts.map((window) => (
                <button
                  key={window.from}
                  type="button"
                  class="cs-chip"
                  aria-pressed={window === chosen}
                  onClick={() => choose(window)}
                  data-testid="callback-window"
                >
                  {`${clockText(window.from, say)}–${clockText(window.until, say)}`}
                </button>
              ))}
            </div>
          ))}
        </fieldset>
        <TextField id="callback-note" label={say("callback.note")} value={note} onChange={setNote} rows={2} maxLength={500} testId="callback-note" />
        <Button kind="primary" type="submit" place="w-wide" disabled={ask.isBusy || !/\d{5}/.test(phone.normalize("NFKC").replace(/\D/g, ""))} testId="callback-send">
          {say("callback.send")}
        </Button>
      </form>
    </Sheet>
  );
}

/** The windows by the day they are on, as its first instant. */
function daysOf(windows: readonly CallWindow[]): Array<[number, CallWindow[]]> {
  const days = new Map<number, CallWindow[]>();
  for (const window of windows) {
    const day = new Date(window.from).setHours(0, 0, 0, 0);
    days.set(day, [...(days.get(day) ?? []), window]);
  }
  return [...days];
}

function dayText(day: number, say: Say): string {
  const away = Math.round((day - new Date().setHours(0, 0, 0, 0)) / DAY_MS);
  if (away === 0) return say("time.today");
  if (away === 1) return say("time.tomorrow");
  return new Intl.DateTimeFormat(say.locale, { weekday: "short", month: "short", day: "numeric" }).format(day);
}

const DAY_MS = 86_400_000;

function clockText(at: number, say: Say): string {
  return timeText(at, at, say);
}
