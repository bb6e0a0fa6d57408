import type { ApprovalInfo, Security } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { SecurityApi } from "../security/api.ts";
import { Proof } from "../security/proof.tsx";
import { useProof } from "../security/use_proof.ts";
import { momentText } from "../time.ts";
import { useAsked } from "../desk/use_asked.ts";
import { useWords } from "./words.ts";

/** What one person asked for and another has to decide; nobody decides their own. */
export function ApprovalsPage(): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const [round, again] = useState(0);
  const found = useAsked<{ approvals: ApprovalInfo[] }>("approvals?limit=50", round);
  const api = useMemo(() => new SecurityApi(desk.credentials), [desk]);
  const known = useAsked<Security>("me/security");
  const { unproved, failure, isBusy, guarded, forget } = useProof();
  useEffect(() => desk.client.on("approval", () => again((count) => count + 1)), [desk]);
  const decide = (id: string, approve: boolean): void =>
    guarded(async () => {
      await desk.api.send("POST", `approvals/${id}/decision`, { approve });
      again((count) => count + 1);
    });
  if (found === "failed") return <p class="hint hint-danger">{words("audit.failed")}</p>;
  const approvals = found?.approvals ?? [];
  return (
    <>
      {unproved !== null && known !== null && known !== "failed" && <Proof api={api} known={known} unproved={unproved} onCancel={forget} />}
      {failure !== null && (
        <p class="hint hint-danger" role="alert">
          {failure.error.message}
        </p>
      )}
      {found !== null && approvals.length === 0 && <p class="lists-empty">{words("approvals.none")}</p>}
      <ul class="cases" data-testid="approvals">
        {approvals.map((one) => (
          <li key={one.id} class="case" data-testid="approval" data-id={one.id} data-status={one.status}>
            <p class="case-top">
              <b>{words(`approval.${one.kind}`)}</b> <bdi class="quiet">{one.object}</bdi>
              <span class={`case-status case-${one.status}`}>{words(`approval.status_${one.status}`)}</span>
            </p>
            <p dir="auto">{one.reason}</p>
            <p class="quiet">
              {words("approval.asked_by", { name: one.requested_by.name, time: momentText(one.requested_at, say.locale) })}
              {one.decided_by !== undefined && ` · ${words("approval.decided_by", { name: one.decided_by.name })}`}
              {one.status === "pending" && ` · ${words("approval.until", { time: momentText(one.until, say.locale) })}`}
            </p>
            {one.same_device && <p class="row-failed">{words("approval.same_device")}</p>}
            {one.status === "pending" && one.requested_by.id !== desk.me.id && desk.me.role !== "auditor" && (
              <p class="case-acts">
                <Button isSmall kind="primary" disabled={isBusy} onClick={() => decide(one.id, true)} testId="approve">
                  {words("approval.approve")}
                </Button>
                <Button isSmall disabled={isBusy} onClick={() => decide(one.id, false)} testId="refuse">
                  {words("approval.refuse")}
                </Button>
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
