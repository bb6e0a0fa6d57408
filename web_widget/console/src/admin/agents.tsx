import type { AgentAccount as Account, AgentAccounts, Security } from "@chatserver/shared";
import { Avatar, Button, Skeleton } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { HttpRefusal } from "../http.ts";
import { best } from "../palette/match.ts";
import { SecurityApi } from "../security/api.ts";
import { Proof } from "../security/proof.tsx";
import { useProof } from "../security/use_proof.ts";
import { useAsked } from "../desk/use_asked.ts";
import { CheckRow, ChoiceRow, NumberRow, TextRow } from "./fields.tsx";
import { Refused } from "./refused.tsx";
import { oneOf, ROLES, TIERS } from "./types.ts";
import { useUnsaved } from "./use_unsaved.ts";
import { useWords } from "./words.ts";

const NEW: Account = { id: "", email: "", name: "", role: "agent", tier: 1, capacity: 3, skills: [], disabled: false };
/** More than this are easier found than seen. */
const FILTERED = 8;
const MOST_CHATS = 50;

/** The accounts of the staff. */
export function AgentsPage(): JSX.Element {
  const { desk } = useDesk();
  const words = useWords();
  const [accounts, setAccounts] = useState<readonly Account[] | "failed" | null>(null);
  const [open, setOpen] = useState<string | null>(null);
  const [typed, setTyped] = useState("");
  const look = (): void => {
    desk.api.get<AgentAccounts>("admin/agents").then(
      ({ agents }) => setAccounts(agents),
      (failure: unknown) => {
        if (!(failure instanceof HttpRefusal)) throw failure;
        setAccounts("failed");
      },
    );
  };
  useEffect(look, [desk]);
  if (accounts === null) return <Skeleton lines={5} />;
  if (accounts === "failed") return <p class="hint hint-danger">{words("told.failed")}</p>;
  const mayChange = desk.me.role === "admin";
  const close = (): void => {
    setOpen(null);
    look();
  };
  return (
    <>
      <div class="admin-tools">
        {accounts.length > FILTERED && (
          <input type="search" class="admin-filter" placeholder={words("do.filter")} aria-label={words("do.filter")} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} data-testid="admin-filter" />
        )}
        {mayChange && (
          <Button kind="primary" isSmall onClick={() => setOpen("")} testId="admin-new">
            {words("do.new")}
          </Button>
        )}
      </div>
      {open === "" && <AccountForm account={NEW} onClose={close} />}
      <ul class="shelf" data-testid="shelf">
        {best(accounts, typed, ({ name, email, role, skills }) => [name, email, words(`role.${role}`), ...skills]).map((account) => (
          <li key={account.id}>
            {open === account.id ? (
              <AccountForm account={account} onClose={close} />
            ) : (
              <AccountLine account={account} onOpen={() => setOpen(account.id)} />
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function AccountLine({ account, onOpen }: { account: Account; onOpen: () => void }): JSX.Element {
  const { say } = useDesk();
  const words = useWords();
  const { id, name, email, role, tier, skills, capacity, disabled } = account;
  const part = role === "agent" ? say(tier === 2 ? "tier_name.2" : "tier_name.1") : words(`role.${role}`);
  return (
    <button type="button" class={`shelf-line${disabled ? " shelf-off" : ""}`} onClick={onOpen} data-testid="shelf-item" data-id={id}>
      <Avatar name={name} isSmall />
      <bdi class="shelf-title">{name}</bdi>
      <span class="row-topic">{part}</span>
      <bdi class="shelf-detail">{[email, ...skills].join(" · ")}</bdi>
      {disabled ? <span class="row-failed">{words("field.disabled")}</span> : <span class="quiet">{capacity}</span>}
    </button>
  );
}

function AccountForm({ account, onClose }: { account: Account; onClose: () => void }): JSX.Element {
  const { desk, say } = useDesk();
  const words = useWords();
  const unsaved = useUnsaved(`agents.${account.id || "new"}`, { changed: account, skills: account.skills.join(", ") });
  const { changed, skills } = unsaved.value;
  const [password, setPassword] = useState("");
  const api = useMemo(() => new SecurityApi(desk.credentials), [desk]);
  const known = useAsked<Security>("me/security");
  const { unproved, failure, isBusy, guarded, forget } = useProof();
  const isNew = account.id === "";
  const mayChange = desk.me.role === "admin";
  const change = (more: Partial<Account>): void => unsaved.change({ changed: { ...changed, ...more }, skills });
  const leave = (): void => {
    unsaved.forget();
    onClose();
  };
  const save = async (): Promise<void> => {
    const { id, email, disabled, ...kept } = changed;
    const rest = { ...kept, skills: skillsIn(skills) };
    if (isNew) await desk.api.send("POST", "admin/agents", { ...rest, email, password });
    else await desk.api.send("PUT", `admin/agents/${id}`, { ...rest, disabled });
    leave();
  };
  return (
    <form
      class="item-form"
      onSubmit={(event) => {
        event.preventDefault();
        guarded(save);
      }}
      data-testid="item-form"
    >
      {unsaved.wasUnsaved && <p class="hint">{words("told.unsaved")}</p>}
      <fieldset class="item-rows" disabled={!mayChange}>
        <div class="side-by-side">
          <TextRow label={words("field.name")} value={changed.name} onChange={(name) => change({ name })} isRequired maxLength={100} testId="field-name" />
          <TextRow label={words("field.email")} type="email" value={changed.email} onChange={(email) => change({ email })} isRequired isDisabled={!isNew} maxLength={254} testId="field-email" />
        </div>
        {isNew && <TextRow label={words("field.password")} type="password" value={password} onChange={setPassword} isRequired maxLength={1_024} testId="field-password" />}
        <div class="side-by-side">
          <ChoiceRow label={words("field.role")} value={changed.role} options={ROLES.map((value) => ({ value, text: words(`role.${value}`) }))} onChange={(role) => change({ role: oneOf(ROLES, role) })} testId="field-role" />
          <ChoiceRow label={words("field.tier")} value={String(changed.tier)} options={TIERS.map((tier) => ({ value: String(tier), text: say(`tier_name.${tier}`) }))} onChange={(tier) => change({ tier: Number(tier) })} testId="field-tier" />
          <NumberRow label={words("field.capacity")} value={changed.capacity} onChange={(capacity) => change({ capacity })} least={1} most={MOST_CHATS} testId="field-capacity" />
        </div>
        <TextRow label={words("field.skills")} value={skills} onChange={(typed) => unsaved.change({ changed, skills: typed })} maxLength={500} testId="field-skills" />
        {!isNew && <CheckRow label={words("field.disabled")} hint={words("field.disabled_hint")} value={changed.disabled} onChange={(disabled) => change({ disabled })} testId="field-disabled" />}
      </fieldset>
      {unproved !== null && known !== null && known !== "failed" && <Proof api={api} known={known} unproved={unproved} onCancel={forget} />}
      <Refused refused={failure} />
      <div class="item-buttons">
        {mayChange && (
          <Button type="submit" kind="primary" isSmall disabled={isBusy} testId="admin-save">
            {words("do.save")}
          </Button>
        )}
        <Button isSmall onClick={leave} testId="admin-cancel">
          {words("do.cancel")}
        </Button>
      </div>
    </form>
  );
}

/** The skills in a text, however it separates them. */
function skillsIn(text: string): string[] {
  return [...new Set(text.split(/[,，、]/).map((skill) => skill.trim()))].filter((skill) => skill !== "");
}
