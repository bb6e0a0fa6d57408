import type { ConversationLog, ConversationRated } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { Card, Fact } from "./card.tsx";
import type { CardProps } from "./cards.tsx";

const BEST = 5;

/** What the user thought of it; the last rating counts. */
export function Rating({ row }: CardProps): JSX.Element | null {
  const { say } = useDesk();
  const rated = lastRating(row.log);
  if (rated === null) return null;
  const { score, solved, attitude, professionalism, comment } = rated;
  return (
    <Card id="rating" title={say("details.rating")}>
      <p class="stars" data-testid="rating" data-score={score}>
        <span aria-hidden="true">{"★".repeat(score) + "☆".repeat(BEST - score)}</span>
        <span>{say("details.score", { score })}</span>
      </p>
      <dl>
        {solved !== undefined && <Fact name={say("details.solved")}>{say(solved ? "details.yes" : "details.no")}</Fact>}
        {attitude !== undefined && <Fact name={say("details.attitude")}>{say("details.score", { score: attitude })}</Fact>}
        {professionalism !== undefined && (
          <Fact name={say("details.professionalism")}>{say("details.score", { score: professionalism })}</Fact>
        )}
      </dl>
      {comment !== undefined && comment !== "" && (
        <blockquote class="comment" dir="auto" data-testid="rating-comment">
          {comment}
        </blockquote>
      )}
    </Card>
  );
}

function lastRating(log: ConversationLog): ConversationRated | null {
  for (let index = log.events.length - 1; index >= 0; index -= 1) {
    const event = log.events[index];
    if (event?.type === "conversation_rated") return event;
  }
  return null;
}
