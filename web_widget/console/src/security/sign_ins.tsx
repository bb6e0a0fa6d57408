import type { SignInShown } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";

interface SignInsProps {
  signIns: readonly SignInShown[];
  onEnd: (id: string) => void;
  onEndOthers: () => void;
}

/** Where one is signed in; each can be ended from here. */
export function SignIns({ signIns, onEnd, onEndOthers }: SignInsProps): JSX.Element {
  const { say } = useDesk();
  return (
    <section>
      <h3>{say("security.sign_ins")}</h3>
      {signIns.map((one) => (
        <div class="security-row" key={one.id} data-testid="sign-in">
          <span>
            <bdi>{programOf(one.device) || say("security.unknown_device")}</bdi>
            {one.current && <strong> · {say("security.this_one")}</strong>}
            <small>
              {one.address} · {say("security.seen", { time: new Date(one.seen_at).toLocaleString(say.locale) })}
            </small>
          </span>
          {!one.current && (
            <Button isSmall onClick={() => onEnd(one.id)} testId="sign-in-end">
              {say("security.end")}
            </Button>
          )}
        </div>
      ))}
      {signIns.some((one) => !one.current) && (
        <Button isSmall onClick={onEndOthers} testId="sign-ins-end">
          {say("security.end_others")}
        </Button>
      )}
    </section>
  );
}

const PROGRAMS = ["Edg", "OPR", "Firefox", "Chrome", "Safari"];
const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/Linux/, "Linux"],
];

/** "Chrome, Windows" of what a browser calls itself; as it is when it is no browser. */
export function programOf(device: string): string {
  const program = PROGRAMS.find((name) => device.includes(`${name}/`));
  const system = SYSTEMS.find(([pattern]) => pattern.test(device))?.[1];
  if (program === undefined) return device.slice(0, 60);
  const name = program === "Edg" ? "Edge" : program === "OPR" ? "Opera" : program;
  return system === undefined ? name : `${name}, ${system}`;
}
