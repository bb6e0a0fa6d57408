import type { ChatClient } from "@chatserver/shared";
import { useRef, useState } from "preact/hooks";

/** The place of words that belong to no conversation yet. */
export const UNADDRESSED = "home";

/** Kept while a conversation is opened only to leave a message in it. */
export const LEAVING = "leaving";

/**
 * What somebody is writing in a conversation, kept on the device so that a reload does not lose it.
 * Words begun before the conversation had an id move into it, also while they are being written.
 */
export function useDraft(client: ChatClient, place: string): [string, (text: string) => void] {
  const keep = (words: string): void => {
    client.keepsake.set(`draft.${place}`, words === "" ? null : words);
    setText(words);
  };
  const [text, setText] = useState(() => client.keepsake.get(`draft.${place}`) ?? moved(client, place));
  const at = useRef(place);
  if (at.current !== place) moved(client, (at.current = place));
  return [text, keep];
}

function moved(client: ChatClient, place: string): string {
  const text = client.keepsake.get(`draft.${UNADDRESSED}`) ?? "";
  if (text !== "" && place !== UNADDRESSED) {
    client.keepsake.set(`draft.${UNADDRESSED}`, null);
    client.keepsake.set(`draft.${place}`, text);
  }
  return text;
}
