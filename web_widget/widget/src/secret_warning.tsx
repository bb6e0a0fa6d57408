import type { Finding } from "@chatserver/shared/shield";
import { Button, Notice } from "@chatserver/shared/ui";
import { shield } from "@chatserver/shared/ui/icons";
import type { JSX } from "preact";
import type { Say } from "./texts/index.ts";
import "./styles/secret.css";

export interface SecretWarningProps {
  findings: readonly Finding[];
  say: Say;
  /** Sends the message without what was found. */
  remove: () => void;
  /** Sends it as it is: it is no secret. The server decides again. */
  insist: () => void;
}

const KINDS: Record<string, "phrase" | "key" | "card" | "password" | "code" | "person"> = {
  mnemonic: "phrase",
  privkey: "key",
  wif: "key",
  xprv: "key",
  keystore: "key",
  card: "card",
  cvv: "card",
  expiry: "card",
  password: "password",
  pin: "password",
  otp: "code",
  id_cn: "person",
};

/** Stands above the box while what is about to be sent holds a secret: says what, and what one can do. */
export function SecretWarning({ findings, say, remove, insist }: SecretWarningProps): JSX.Element {
  const kinds = [...new Set(findings.map((one) => KINDS[one.type] ?? "code"))];
  return (
    <div class="w-secret" data-testid="secret-warning" role="alert">
      <Notice kind="warn" path={shield}>
        <b>{say("secret.title", { what: kinds.map((kind) => say(`secret.${kind}`)).join(say("secret.and")) })}</b>
        <p>{say(kinds.includes("phrase") || kinds.includes("key") ? "secret.never_wallet" : "secret.never")}</p>
      </Notice>
      <div class="w-secret-acts">
        <Button kind="primary" isSmall onClick={remove} testId="secret-remove">
          {say("secret.remove")}
        </Button>
        <Button kind="bare" isSmall onClick={insist} testId="secret-insist">
          {say("secret.insist")}
        </Button>
      </div>
    </div>
  );
}
