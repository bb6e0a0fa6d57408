import type { Enrolling } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";

const QUIET = 4; // cells of white around the code, as scanners need them

/** A QR code, drawn from rows of `0` and `1`. */
export function QrCode({ rows, label }: { rows: readonly string[]; label: string }): JSX.Element {
  const size = rows.length + 2 * QUIET;
  const dark = rows.flatMap((row, y) => [...row].flatMap((cell, x) => (cell === "1" ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])));
  return (
    <svg class="security-qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={dark.join("")} fill="#000" />
    </svg>
  );
}

interface EnrolmentProps {
  enrolling: Enrolling;
  isBusy: boolean;
  onConfirm: (code: string) => void;
}

/** The picture for the phone, the same to type, and the first code to show that it works. */
export function Enrolment({ enrolling, isBusy, onConfirm }: EnrolmentProps): JSX.Element {
  const { say } = useDesk();
  const [code, setCode] = useState("");
  const confirm = (): void => onConfirm(code.trim());
  return (
    <div class="security-enrolment" data-testid="enrolment">
      <QrCode rows={enrolling.picture} label={say("security.picture")} />
      <div class="security-steps">
        <p>{say("security.scan")}</p>
        <code data-testid="enrolment-secret">{enrolling.secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
        <label class="field">
          <span>{say("security.first_code")}</span>
          <input
            inputMode="numeric"
            autocomplete="one-time-code"
            maxLength={7}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              confirm();
            }}
            data-testid="enrolment-code"
          />
        </label>
        <Button kind="primary" disabled={isBusy || code.trim() === ""} onClick={confirm} testId="enrolment-confirm">
          {say("security.confirm")}
        </Button>
      </div>
    </div>
  );
}

/** Codes to keep on paper, shown this once. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }): JSX.Element {
  const { say } = useDesk();
  return (
    <section class="security-codes" role="status" data-testid="recovery-codes">
      <p>{say("security.codes_once")}</p>
      <ul>
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}
