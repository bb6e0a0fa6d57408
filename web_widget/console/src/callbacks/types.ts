/** A user who wants to be called. Instants are milliseconds since 1970; `phone` is told to whoever claims it. */
export interface Callback {
  id: string;
  conversation: string;
  user: { id: string; name: string };
  topic: string;
  from: number;
  until: number;
  status: "open" | "claimed" | "done";
  agent?: { id: string; name: string };
  phone_hint: string;
  phone?: string;
  attempts: number;
  note?: string;
  outcome?: string;
}

export const OUTCOMES = ["reached", "no_answer", "wrong_number"] as const;
export type Outcome = (typeof OUTCOMES)[number];
