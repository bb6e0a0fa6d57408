import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";

export interface Unsaved<Value> {
  readonly value: Value;
  /** Whether it is what was typed before a reload, and not what is kept. */
  readonly wasUnsaved: boolean;
  readonly change: (value: Value) => void;
  /** It was saved, or called off. */
  readonly forget: () => void;
}

/** What is typed into a form: it is there again after a reload, until it is saved or called off. */
export function useUnsaved<Value>(form: string, kept: Value): Unsaved<Value> {
  const { desk } = useDesk();
  const { keepsake } = desk.client;
  const name = `admin.${form}`;
  const [[value, wasUnsaved], set] = useState<readonly [Value, boolean]>(() => {
    const typed = parsed<Value>(keepsake.get(name));
    return typed === null ? [kept, false] : [typed, true];
  });
  return {
    value,
    wasUnsaved,
    change: (changed) => {
      set([changed, wasUnsaved]);
      keepsake.set(name, JSON.stringify(changed));
    },
    forget: () => keepsake.set(name, null),
  };
}

/** A draft of an earlier version of the console may be anything. */
function parsed<Value>(text: string | null): Value | null {
  try {
    return text === null ? null : (JSON.parse(text) as Value);
  } catch {
    return null;
  }
}
