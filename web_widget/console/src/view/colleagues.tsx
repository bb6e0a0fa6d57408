import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { sameList, useLive } from "../desk/live.ts";
import type { Row } from "../desk/rows.ts";
import { Glyph } from "./glyph.tsx";

/** Who else looks at this conversation or takes part in it, so that nobody does the same work twice. */
export function Colleagues({ row }: { row: Row }): JSX.Element | null {
  const { desk, say } = useDesk();
  const isOnline = useLive((one) => one.client.link.name === "online");
  useEffect(() => (isOnline && desk.serves ? desk.viewers.look(row.id) : undefined), [desk, row.id, isOnline]);
  const looking = useLive((one) => one.viewers.of(row.id).map(({ name }) => name), sameList);
  const helping = useLive((one) => row.consultants.filter((id) => id !== one.me.id).map((id) => one.catalog.agentName(id)), sameList);
  const { asked } = row;
  if (looking.length + helping.length === 0 && asked === null) return null;
  return (
    <div class="colleagues" role="status" data-testid="colleagues">
      {looking.length > 0 && (
        <span>
          <Glyph name="eye" size={14} /> {say("colleagues.looking", { names: looking.join("、") })}
        </span>
      )}
      {helping.length > 0 && <span>{say("colleagues.helping", { names: helping.join("、") })}</span>}
      {asked !== null && <span>{say("colleagues.asked")}</span>}
    </div>
  );
}
