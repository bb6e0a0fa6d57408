import type { Locale } from "@chatserver/shared";
import type { ComponentType, JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { Credentials, type Kept } from "./auth/credentials.ts";
import { claim } from "./auth/ownership.ts";
import { keepSignIn, keptSignIn } from "./auth/vault.ts";
import { DeskContext } from "./desk/context.ts";
import { Desk } from "./desk/desk.ts";
import { keptTheme, showTheme } from "./desk/settings.ts";
import { preferLocale, preferredLocale } from "./preferences.ts";
import { SignIn, type SignedOutBecause } from "./sign_in.tsx";
import { sayIn } from "./texts/index.ts";
import { Layout } from "./view/layout.tsx";

/** Few roles on few desks ever see it. */
const loadEnforced = async (): Promise<ComponentType<EnforcedProps>> => (await import("./security/enforced.tsx")).Enforced;

interface EnforcedProps {
  readonly onDone: () => void;
  readonly onSignOut: () => void;
}

type Session = { name: "starting" } | { name: "out"; because: SignedOutBecause } | { name: "in"; desk: Desk; credentials: Credentials };

/** The console: the sign-in form, then the desk of whoever signed in. */
export function App(): JSX.Element | null {
  const [locale, setLocale] = useState(preferredLocale);
  const [session, setSession] = useState<Session>({ name: "starting" });
  // The same function as long as the language is the same: views compare it.
  const say = useMemo(() => sayIn(locale), [locale]);

  useEffect(() => {
    document.documentElement.lang = locale;
    if (session.name !== "in") document.title = say("app.name");
  }, [locale, session.name]);

  const enter = (kept: Kept): void => setSession(opened(kept, () => setSession({ name: "out", because: "ended" })));

  useEffect(() => {
    showTheme(keptTheme());
    void resumed().then((found) => (typeof found === "string" ? setSession({ name: "out", because: found }) : enter(found)));
  }, []);

  useEffect(() => {
    if (session.name !== "in" || session.credentials.agent.must_enrol === true) return undefined;
    const stop = session.desk.start();
    return () => {
      stop();
      session.credentials.stop();
    };
  }, [session]);

  const here = useMemo(() => (session.name === "in" ? { desk: session.desk, say } : null), [session, say]);

  const speak = (chosen: Locale): void => {
    preferLocale(chosen);
    setLocale(chosen);
  };
  const leave = (): void => {
    if (session.name === "in") void session.credentials.signOut();
    setSession({ name: "out", because: "left" });
  };

  if (session.name === "starting") return null;
  if (session.name === "out") return <SignIn say={say} because={session.because} onSignedIn={enter} onLocale={speak} />;
  const isBare = session.desk.me.must_enrol === true;
  return (
    <DeskContext.Provider value={here}>
      {isBare && <Later onDone={() => setSession(again(session.credentials))} onSignOut={leave} />}
      {!isBare && <Layout onLocale={speak} onSignOut={leave} />}
    </DeskContext.Provider>
  );
}

/** The same sign-in with a new desk, since what its person may do has changed. */
function again(credentials: Credentials): Session {
  return { name: "in", desk: new Desk(credentials), credentials };
}

/** The page for those who have to set something up first. */
function Later(props: EnforcedProps): JSX.Element | null {
  const [Page, setPage] = useState<ComponentType<EnforcedProps> | null>(null);
  useEffect(() => void loadEnforced().then((found) => setPage(() => found)), []);
  return Page === null ? null : <Page {...props} />;
}

function opened(kept: Kept, onEnded: () => void): Session {
  const credentials = new Credentials(kept, keepSignIn, onEnded);
  return { name: "in", desk: new Desk(credentials), credentials };
}

/** The sign-in from before a reload, or why there is none. */
async function resumed(): Promise<Kept | SignedOutBecause> {
  const kept = keptSignIn();
  if (kept === null) return "new";
  if (await claim(kept.id)) return kept;
  keepSignIn(null);
  return "other_tab";
}
