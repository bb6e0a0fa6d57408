import { Button } from "@chatserver/shared/ui";
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import type { Area } from "../desk/place.ts";
import { ChatsArea } from "./chats_area.tsx";

/** Areas that few people open are loaded when they do. */
const LATER: Partial<Record<Area, () => Promise<ComponentType>>> = {
  board: async () => (await import("../board/board.tsx")).Board,
  admin: async () => (await import("../admin/admin.tsx")).Admin,
  records: async () => (await import("../records/records.tsx")).Records,
};

/** What stands beside the rail. */
export function AreaView({ area }: { area: Area }): JSX.Element {
  const load = LATER[area];
  return load === undefined ? <ChatsArea /> : <LaterView key={area} load={load} />;
}

/** A view whose code comes when it is wanted. */
export function LaterView({ load }: { load: () => Promise<ComponentType> }): JSX.Element {
  const { say } = useDesk();
  const [state, setState] = useState<ComponentType | "busy" | "failed">("busy");
  const start = (): void => {
    setState("busy");
    load().then(
      (View) => setState(() => View),
      () => setState("failed"),
    );
  };
  useEffect(start, [load]);
  if (state === "busy") return <main class="area area-told" aria-busy="true" />;
  if (state !== "failed") {
    const View = state;
    return <View />;
  }
  return (
    <main class="area area-told">
      <p>{say("area.failed")}</p>
      <Button onClick={() => location.reload()}>{say("link.reload")}</Button>
    </main>
  );
}
