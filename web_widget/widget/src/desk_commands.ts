import type { ChatClient } from "@chatserver/shared";

/** Commands about waiting elsewhere than in the queue. */
interface DeskCommands {
  leave_message: { conversation: string };
  request_callback: { conversation: string; phone: string; from: number; until: number; note?: string };
  cancel_callback: { conversation: string };
}

type Send = <Name extends keyof DeskCommands>(name: Name, body: DeskCommands[Name]) => Promise<unknown>;

/** Sends one of them. */
export function deskCommand(client: ChatClient): Send {
  return client.command.bind(client) as unknown as Send;
}
