import type { Contact, ProfileField, Revealed, UserProfileResult } from "@chatserver/shared";
import { Button } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useNow } from "../desk/live.ts";
import { useKeptText } from "../dialogs/fields.tsx";
import { HttpRefusal } from "../http.ts";
import { clockText, momentText } from "../time.ts";
import { Card } from "./card.tsx";
import type { CardProps } from "./cards.tsx";
import { DEVICE } from "./intake.tsx";
import { en, type ConsoleKey } from "../texts/en.ts";
import type { Say } from "../texts/index.ts";

const LONGEST_REASON = 200;

/**
 * What the host app tells of a user: masked until somebody says why they need to know. It is fetched only when asked for, since
 * every look is kept and counted.
 */
export function ProfileCard({ row, contact }: CardProps): JSX.Element | null {
  const { id: conversation } = row;
  const { userId: user } = row.facts;
  const { desk, say } = useDesk();
  const [profile, setProfile] = useState<UserProfileResult | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [refused, setRefused] = useState(false);
  if (user === "") return null;
  const look = async (): Promise<void> => {
    setBusy(true);
    setRefused(false);
    try {
      setProfile(await desk.api.get<UserProfileResult>(`users/${encodeURIComponent(user)}`));
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setRefused(true);
    } finally {
      setBusy(false);
    }
  };
  const revealed = ({ field, value, until, watermark }: Revealed): void => {
    if (profile === null) return;
    const fields = profile.user.fields.map((one) => (one.field === field ? { field, value, until, masked: false } : one));
    setProfile({ user: { ...profile.user, fields }, watermark });
  };
  return (
    <Card id="profile" title={say("profile.title")}>
      {profile === null ? (
        <Button isSmall disabled={isBusy} onClick={() => void look()} testId="profile-open">
          {say("profile.open")}
        </Button>
      ) : (
        <div class="profile" data-testid="profile">
          <Watermark text={`${profile.watermark.text} ${momentText(profile.watermark.at, say.locale)}`} />
          <dl>
            {profile.user.fields.filter(({ field }) => !isShown(field, contact)).map((field) => (
              <FieldRow key={field.field} field={field} user={user} conversation={conversation} onRevealed={revealed} />
            ))}
          </dl>
        </div>
      )}
      {refused && (
        <p class="hint hint-danger" role="alert">
          {say("profile.refused")}
        </p>
      )}
    </Card>
  );
}

/** The device stands with the user already, in clear. */
function isShown(field: string, contact: Contact | null): boolean {
  return field === `attribute.${DEVICE}` && contact?.attributes[DEVICE] !== undefined;
}

/** Who looks, and when, all over what they look at: a photograph of the screen says so, too. */
function Watermark({ text }: { text: string }): JSX.Element {
  return (
    <span class="watermark" aria-hidden="true">
      {Array.from({ length: 12 }, () => text).join("   ")}
    </span>
  );
}

interface FieldRowProps {
  field: ProfileField;
  user: string;
  conversation: string;
  onRevealed: (revealed: Revealed) => void;
}

function FieldRow({ field, user, conversation, onRevealed }: FieldRowProps): JSX.Element {
  const { desk, say } = useDesk();
  const now = useNow();
  const reason = useKeptText(conversation, `reveal.${field.field}`);
  const [isAsking, ask] = useState(reason.value !== "");
  const [refused, setRefused] = useState<string | null>(null);
  const reveal = async (): Promise<void> => {
    setRefused(null);
    try {
      const body = { field: field.field, reason: reason.value.trim(), conversation };
      onRevealed(await desk.api.send<Revealed>("POST", `users/${encodeURIComponent(user)}/reveal`, body));
      reason.set("");
      ask(false);
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      setRefused(failure.error.code === "rate_limited" ? say("profile.too_many") : say("profile.refused"));
    }
  };
  const until = field.until ?? 0;
  return (
    <div class="fact" data-testid="profile-field" data-field={field.field} data-masked={field.masked}>
      <dt>{fieldText(field.field, say)}</dt>
      <dd>
        <bdi>{field.value}</bdi>
        {until > now && <span class="quiet"> {clockText(until - now)}</span>}
        {field.masked && !isAsking && (
          <button type="button" class="link" onClick={() => ask(true)} data-testid="reveal">
            {say("profile.reveal")}
          </button>
        )}
        {isAsking && (
          <form
            class="reveal-form"
            onSubmit={(event) => {
              event.preventDefault();
              void reveal();
            }}
          >
            <input
              type="text"
              required
              autoFocus
              maxLength={LONGEST_REASON}
              aria-label={say("profile.reason")}
              placeholder={say("profile.reason")}
              value={reason.value}
              onInput={(event) => reason.set(event.currentTarget.value)}
              data-testid="reveal-reason"
            />
            <Button type="submit" isSmall kind="primary" disabled={reason.value.trim() === ""} testId="reveal-submit">
              {say("profile.reveal")}
            </Button>
          </form>
        )}
        {refused !== null && (
          <span class="row-failed" role="alert">
            {refused}
          </span>
        )}
      </dd>
    </div>
  );
}

/** The name of a field; an attribute of the host app's own is shown as it is. */
function fieldText(field: string, say: Say): string {
  const key = `profile.${field}`;
  return key in en ? say(key as ConsoleKey) : field.replace(/^attribute\./, "");
}
