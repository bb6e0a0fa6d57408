/** What is known of a user beside the conversation. Instants are milliseconds since 1970. */
export interface ContactUser {
  id: string;
  name: string;
  kind?: "signed" | "visitor";
  locale?: string;
  vip?: boolean;
  since?: number;
}

/** This contact: what the user told before an agent came. */
export interface Contact {
  user: ContactUser;
  topic: string;
  attributes: Record<string, string>;
  tags: string[];
  started_at: number;
  queued_at?: number;
}

/** An earlier contact and what came of it. */
export interface Earlier {
  id: string;
  topic: string;
  status: string;
  started_at: number;
  closed_at?: number;
  disposition?: string;
  tags: string[];
  agent?: { id: string; name: string };
  score?: number;
  solved?: boolean;
  first_text?: string;
}

export interface History {
  user: ContactUser;
  contacts: Earlier[];
  next?: string | null;
}
