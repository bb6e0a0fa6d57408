import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";

/** Questions of colleagues that nobody has come for yet. */
export function Consults(): JSX.Element | null {
  const { desk, say } = useDesk();
  const open = useLive((one) => [...one.consults.open.values()], sameList);
  if (open.length === 0) return null;
  return (
    <section class="list" aria-live="polite" data-testid="consults">
      <h2>
        {say("lists.asked")}
        <span class="list-count">{open.length}</span>
      </h2>
      <ul>
        {open.map(({ conversation, by, text }) => (
          <li key={conversation} class="question" data-testid="consult" data-id={conversation}>
            <p>
              <b>
                <bdi>{by.name}</bdi>
              </b>
            </p>
            <p class="question-text" dir="auto">
              {text}
            </p>
            <Button isSmall kind="primary" onClick={() => void desk.consults.join(conversation)} testId="consult-join">
              {say("action.help")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
