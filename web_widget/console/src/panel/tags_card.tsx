import { Refusal } from "@chatserver/shared";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { inLocale } from "../desk/catalog.ts";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import { Card } from "./card.tsx";
import type { CardProps } from "./cards.tsx";
import { failureText } from "../view/notice_bar.tsx";

/** The tags of a conversation: one press sets or takes away. */
export function TagsCard({ row }: CardProps): JSX.Element | null {
  const { desk, say } = useDesk();
  const all = useLive((one) => one.catalog.tags);
  const [refused, setRefused] = useState<string | null>(null);
  const set = new Set<string>(row.tags);
  const mayTag = desk.mayWrite(row) || row.facts.lastAgent === desk.me.id;
  if (all.length === 0 || (!mayTag && set.size === 0)) return null;
  const toggle = async (id: string): Promise<void> => {
    setRefused(null);
    const tags = set.has(id) ? [...set].filter((one) => one !== id) : [...set, id];
    try {
      await desk.client.command("set_tags", { conversation: row.id, tags });
    } catch (failure) {
      if (!(failure instanceof Refusal)) throw failure;
      setRefused(failureText(failure.code, say));
    }
  };
  return (
    <Card id="tags" title={say("details.tags")}>
      <div class="tags" role="group" aria-label={say("details.tags")} data-testid="tags">
        {all.map(({ id, name, colour }) => (
          <button
            key={id}
            type="button"
            class={`tag tag-${colour ?? "grey"}`}
            aria-pressed={set.has(id)}
            disabled={!mayTag}
            onClick={() => void toggle(id)}
            data-testid="tag"
            data-id={id}
          >
            {inLocale(name, say.locale)}
          </button>
        ))}
      </div>
      {refused !== null && (
        <p class="hint hint-danger" role="alert">
          {refused}
        </p>
      )}
    </Card>
  );
}
