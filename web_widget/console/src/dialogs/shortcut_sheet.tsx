import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { SHORTCUTS, type Shortcut } from "../desk/keys.ts";
import type { ConsoleKey } from "../texts/en.ts";
import { DialogBox } from "./dialog.tsx";

const IN_THE_BOX: readonly (readonly [ConsoleKey, string])[] = [
  ["keys.send", "Enter"],
  ["keys.newLine", "Shift Enter"],
  ["keys.leave", "Esc"],
];

/** Every shortcut on one sheet. */
export function ShortcutSheet(): JSX.Element {
  const { say } = useDesk();
  const names = Object.keys(SHORTCUTS) as Shortcut[];
  return (
    <DialogBox title={say("keys.title")} testId="shortcuts">
      <dl class="keys">
        {names.map((name) => (
          <Line key={name} text={say(`keys.${name}`)} keys={SHORTCUTS[name]} />
        ))}
        {IN_THE_BOX.map(([text, key]) => (
          <Line key={text} text={say(text)} keys={[key]} />
        ))}
      </dl>
    </DialogBox>
  );
}

function Line({ text, keys }: { text: string; keys: readonly string[] }): JSX.Element {
  return (
    <div>
      <dt>{text}</dt>
      <dd>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dd>
    </div>
  );
}
