import { matchLocale, type Locale, type Translate } from "@chatserver/shared";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { chosenBefore, loadPhrase, loadUsers, openSupport, signIn, speak, type User } from "./host.ts";
import { walletSpeaker, type DemoKey } from "./texts.ts";

type Say = Translate<DemoKey>;

interface Movement {
  readonly what: DemoKey;
  readonly amount: number;
  readonly day: string;
  readonly state: DemoKey;
}

const MOVEMENTS: readonly Movement[] = [
  { what: "withdrawal", amount: -1200, day: "11-22", state: "pending" },
  { what: "transfer", amount: -350, day: "11-21", state: "done" },
  { what: "coffee", amount: -32.5, day: "11-21", state: "done" },
  { what: "salary", amount: 9800, day: "11-15", state: "done" },
];

/** A wallet to hang the widget on. */
export function Wallet(): JSX.Element {
  const [users, setUsers] = useState<readonly User[]>([]);
  const [user, setUser] = useState<User | null>(null);
  const [locale, setLocale] = useState<Locale>(matchLocale(navigator.languages));
  const say = walletSpeaker(locale);

  const become = (next: User | null): void => {
    setUser(next);
    signIn(next?.id ?? null);
    if (next !== null) setLocale(matchLocale([next.locale]));
  };
  useEffect(() => {
    void loadUsers().then((found) => {
      setUsers(found);
      const before = chosenBefore();
      const native = found.find((one) => matchLocale([one.locale]) === locale);
      const first = before === null ? (native ?? found[0]) : found.find((one) => one.id === before);
      become(first ?? null);
    });
  }, []);
  useEffect(() => {
    document.documentElement.lang = locale;
    document.title = say("brand");
    speak(locale);
  }, [locale]);

  return (
    <div class="d-page">
      <Top say={say} users={users} user={user} onUser={become} onLocale={setLocale} />
      <main class="d-main">
        <Balance say={say} user={user} />
        <Help say={say} user={user} />
        <Activity say={say} />
      </main>
      <footer class="d-foot">
        {say("tagline")} · <a href="/console">{say("console")}</a>
      </footer>
    </div>
  );
}

interface TopProps {
  say: Say;
  users: readonly User[];
  user: User | null;
  onUser: (user: User | null) => void;
  onLocale: (locale: Locale) => void;
}

function Top({ say, users, user, onUser, onLocale }: TopProps): JSX.Element {
  const other = say.locale === "en" ? "zh-CN" : "en";
  return (
    <header class="d-top">
      <span class="d-brand">{say("brand")}</span>
      <label class="d-who">
        <span>{say("who")}</span>
        <select
          data-testid="user"
          value={user?.id ?? ""}
          onChange={(event) => onUser(users.find((one) => one.id === event.currentTarget.value) ?? null)}
        >
          <option value="">{say("anonymous")}</option>
          {users.map((one) => (
            <option key={one.id} value={one.id}>
              {one.vip === true ? `${one.name} · ${say("vip")}` : one.name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="d-language" lang={other} data-testid="demo-language" onClick={() => onLocale(other)}>
        {other === "en" ? "English" : "中文"}
      </button>
    </header>
  );
}

function Balance({ say, user }: { say: Say; user: User | null }): JSX.Element {
  return (
    <section class="d-card">
      <p class="d-card-who">{user?.name ?? say("anonymous")}</p>
      <h1 class="d-card-label">{say("balance")}</h1>
      <p class="d-card-amount">
        {say("currency")} {user === null ? "•••" : money(8217.5, say)}
      </p>
      <p class="d-card-actions">
        {(["send", "topup", "withdraw"] as const).map((action) => (
          <span key={action}>{say(action)}</span>
        ))}
      </p>
    </section>
  );
}

function Help({ say, user }: { say: Say; user: User | null }): JSX.Element {
  const phrase = usePhrase(user, say.locale);
  return (
    <section class="d-help">
      <div>
        <h2>{say("help_title")}</h2>
        <p>{say("help_text")}</p>
        {phrase !== null && (
          <p data-testid="app-phrase">
            {say("phrase")}: <b>{phrase}</b>
          </p>
        )}
      </div>
      <button type="button" onClick={openSupport} data-testid="help">
        {say("help_button")}
      </button>
    </section>
  );
}

/** The phrase of this moment, asked for again when its time is over. */
function usePhrase(user: User | null, locale: Locale): string | null {
  const [phrase, setPhrase] = useState<{ zh: string; en: string; until: number } | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async (): Promise<void> => {
      const found = user === null ? null : await loadPhrase(user.id).catch(() => null);
      setPhrase(found);
      if (found !== null) timer = setTimeout(() => void ask(), Math.max(1_000, found.until - Date.now() + 500));
    };
    void ask();
    return () => clearTimeout(timer);
  }, [user?.id]);
  return phrase === null ? null : locale === "en" ? phrase.en : phrase.zh;
}

function Activity({ say }: { say: Say }): JSX.Element {
  return (
    <section class="d-activity">
      <h2>{say("activity")}</h2>
      <ul>
        {MOVEMENTS.map(({ what, amount, day, state }) => (
          <li key={what}>
            <span class="d-what">{say(what)}</span>
            <span class={amount > 0 ? "d-amount d-amount-in" : "d-amount"}>
              {amount > 0 ? "+" : "−"}
              {money(Math.abs(amount), say)}
            </span>
            <span class="d-when">
              {day} · {say(state)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function money(amount: number, say: Say): string {
  return new Intl.NumberFormat(say.locale, { minimumFractionDigits: 2 }).format(amount);
}
