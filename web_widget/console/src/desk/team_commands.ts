/** The commands of the desk's words and calls: what is sent, and what comes back. */
import type { ChatClient } from "@chatserver/shared";

export interface TeamCommands {
  set_tags: { body: { conversation: string; tags: string[] }; result: { tags: string[] } };
  run_macro: {
    body: { conversation: string; key: string; macro: string };
    result: { done: number; of: number; error?: { code: string; message: string } };
  };
  claim_callback: { body: { callback: string }; result: { callback: unknown } };
  release_callback: { body: { callback: string }; result: object };
  finish_callback: {
    body: { callback: string; outcome: string; note?: string; again_from?: number; again_until?: number };
    result: object;
  };
}

/** Sends a command of the team until it is answered; raises `Refusal`. */
export function command<Name extends keyof TeamCommands>(
  client: ChatClient,
  name: Name,
  body: TeamCommands[Name]["body"],
): Promise<TeamCommands[Name]["result"]> {
  return client.command(name as never, body as never);
}
