import type { By, DurableEvent, DurableEvents, Envelope } from "@chatserver/shared";

export const USER: By = { role: "user", id: "u1", name: "小林" };
export const ANN: By = { role: "agent", id: "ann", name: "Ann" };
export const BEN: By = { role: "agent", id: "ben", name: "Ben" };
export const SYSTEM: By = { role: "system", id: null, name: "" };

type Added<Type extends keyof DurableEvents> = Omit<DurableEvents[Type], keyof Envelope>;

/** Writes a log the way the server numbers one; `at` is the second at which the event happened. */
export class LogWriter {
  readonly events: DurableEvent[] = [];

  add<Type extends keyof DurableEvents>(type: Type, atS: number, by: By, added: Added<Type>): this {
    const thread = type === "note_added" ? "internal" : "public";
    const seq = this.events.filter((event) => event.thread === thread).length + 1;
    const envelope = { id: `${thread}-${seq}`, conversation: "c1", thread, seq, at: atS * 1_000, by };
    this.events.push({ type, ...envelope, ...added } as unknown as DurableEvent);
    return this;
  }

  started(atS = 0): this {
    return this.add("conversation_started", atS, USER, { topic: "transfer", locale: "zh-CN" });
  }

  says(by: By, atS: number, text = "hello"): this {
    return this.add("message_posted", atS, by, { text, attachments: [] });
  }

  queued(atS: number, tier = 1): this {
    return this.add("queued", atS, SYSTEM, { tier, priority: 0, reason: "" });
  }

  assigned(by: By, atS: number, tier = 1): this {
    return this.add("agent_assigned", atS, SYSTEM, { agent: { id: by.id ?? "", name: by.name, tier } });
  }
}

export const log = (): LogWriter => new LogWriter();
