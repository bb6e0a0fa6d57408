/** The cards beside a conversation. Another one, of the wallet say, is another line here. */
import type { Contact, History } from "@chatserver/shared";
import type { ComponentType } from "preact";
import type { Row } from "../desk/rows.ts";
import { ConversationCard } from "./conversation_card.tsx";
import { EarlierContacts } from "./earlier.tsx";
import { Intake } from "./intake.tsx";
import { ProfileCard } from "./profile.tsx";
import { Rating } from "./rating.tsx";
import { Routing } from "./routing.tsx";
import { TagsCard } from "./tags_card.tsx";
import { Transcript } from "./transcript.tsx";
import { UserCard } from "./user_card.tsx";

/** What every card is given; null while it is not known. */
export interface CardProps {
  readonly row: Row;
  /** Who the user is, and what they told before an agent came. */
  readonly contact: Contact | null;
  /** Earlier contacts. */
  readonly history: History | null;
}

/** A card draws nothing where it has nothing to say. */
export interface PanelCard {
  readonly id: string;
  readonly View: ComponentType<CardProps>;
}

/** All cards, from top to bottom: the person, the matter, the way here. */
export const CARDS: readonly PanelCard[] = [
  { id: "user", View: UserCard },
  { id: "profile", View: ProfileCard },
  { id: "intake", View: Intake },
  { id: "tags", View: TagsCard },
  { id: "earlier", View: EarlierContacts },
  { id: "conversation", View: ConversationCard },
  { id: "rating", View: Rating },
  { id: "routing", View: Routing },
  { id: "transcript", View: Transcript },
];
