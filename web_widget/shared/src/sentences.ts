import type { By, DurableEvent, ErrorCode } from "./generated/protocol.ts";
import type { Params, Texts, Translate } from "./i18n.ts";
import type { Side } from "./log.ts";
import { en, type SharedKey } from "./texts/en.ts";
import { zh } from "./texts/zh.ts";

export type { SharedKey };

/** Texts that both faces use. */
export const sharedTexts: Texts<SharedKey> = { en, "zh-CN": zh };

type Say = Translate<SharedKey>;

/** The sentence that stands in a conversation for an event; null for events without one. */
export function eventText(event: DurableEvent, side: Side, say: Say): string | null {
  const found = sentence(event, side, say);
  if (found === null) return null;
  return say(found[0], { name: nameOf(event.by, say), ...found[1] });
}

/** What somebody is called on screen: their name, else their part in the conversation. */
export function nameOf(by: Pick<By, "role" | "name">, say: Say): string {
  return by.role === "bot" || by.name === "" ? say(`who.${by.role}`) : by.name;
}

/** What a support tier is called within a sentence. */
export function tierText(tier: number, say: Say): string {
  return say(tier === 2 ? "tier.2" : "tier.1");
}

/** What to tell a person whose action was refused. */
export function errorText(code: ErrorCode, say: Say): string {
  return say(`error.${code}`);
}

function sentence(event: DurableEvent, side: Side, say: Say): [SharedKey, Params?] | null {
  switch (event.type) {
    case "message_posted":
    case "message_removed":
    case "note_added":
      return null;
    case "agent_assigned":
    case "supervisor_joined":
    case "supervisor_left":
      return [`event.${event.type}.${side}`, { name: event.agent.name }];
    case "queued":
      return [`event.queued.${side}`, { tier: tierText(event.tier, say) }];
    case "conversation_rated":
      return [`event.conversation_rated.${side}`, { score: event.score }];
    case "handed_off":
      return handedOff(event, side, say);
    case "agent_left":
      return agentLeft(event.reason, side);
    case "callback_requested":
      return [`event.callback_requested.${side}`, { hint: event.phone_hint }];
    case "callback_claimed":
      return [`event.callback_claimed.${side}`, { name: event.agent.name }];
    case "callback_finished":
      return [`event.callback_finished.${event.outcome}.${side}`];
    case "consult_asked":
      return ["event.consult_asked.agent", { tier: tierText(event.tier, say), text: event.text }];
    case "consultant_joined":
    case "consultant_left":
      return [`event.${event.type}.agent`, { name: event.agent.name }];
    case "tags_changed":
      return null;
    case "queue_left":
      return [`event.queue_left.${event.reason}.${side}`];
    case "conversation_closed":
      return [closed(event.by.role, side)];
    default:
      return [`event.${event.type}.${side}`];
  }
}

function handedOff(
  { from_tier: from, to_tier: tier, reason }: { from_tier: number; to_tier: number; reason: string },
  side: Side,
  say: Say,
): [SharedKey, Params] {
  if (side === "agent") return ["event.handed_off.agent", { tier: tierText(tier, say), reason }];
  return [tier < from ? "event.handed_off_back.user" : "event.handed_off.user", {}];
}

function agentLeft(reason: "gone" | "no_reply" | "parked" | "transferred", side: Side): [SharedKey] {
  if (side === "agent") return [`event.agent_left.${reason}.agent`];
  const told = reason === "transferred" || reason === "parked";
  return [told ? `event.agent_left.${reason}.user` : "event.agent_left.user"];
}

function closed(role: DurableEvent["by"]["role"], side: Side): SharedKey {
  if (side === "user") return "event.conversation_closed.user";
  return role === "system" ? "event.conversation_closed.system" : "event.conversation_closed.agent";
}
