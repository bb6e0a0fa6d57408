import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { apiOf } from "./http.ts";
import type { Session } from "./session.ts";
import type { Say } from "./texts/index.ts";

interface Phrase {
  readonly zh: string;
  readonly en: string;
  readonly until: number;
}

/** The phrase that the wallet app shows too, and the page where anybody can check it. */
export function Proof({ session, say }: { session: Session; say: Say }): JSX.Element | null {
  const [phrase, setPhrase] = useState<Phrase | null>(null);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const ask = (): void => {
      apiOf(session)
        .get<Phrase>("/api/v1/proof")
        .then(
          (found) => {
            setPhrase(found);
            timer = setTimeout(ask, Math.max(1_000, found.until - Date.now() + 500));
          },
          () => setPhrase(null),
        );
    };
    ask();
    return () => clearTimeout(timer);
  }, []);
  if (phrase === null) return null;
  return (
    <p data-testid="phrase">
      {say("menu.phrase")}
      <br />
      <b>{session.locale === "en" ? phrase.en : phrase.zh}</b>
      <br />
      <a href="/verify" target="_blank" rel="noopener noreferrer">
        {say("menu.verify")}
      </a>
    </p>
  );
}
