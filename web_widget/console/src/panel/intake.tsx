import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import { Card, Fact } from "./card.tsx";
import type { CardProps } from "./cards.tsx";

/** What the server says by itself stands with the user. */
export const DEVICE = "device";

/** What the user answered before an agent came; names of the host app's own are shown as they are. */
export function Intake({ contact }: CardProps): JSX.Element | null {
  const { desk, say } = useDesk();
  const answers = Object.entries(contact?.attributes ?? {}).filter(([name]) => name !== DEVICE);
  if (contact === null || answers.length === 0) return null;
  return (
    <Card id="intake" title={say("details.intake")}>
      <dl data-testid="intake">
        {answers.map(([name, value]) => (
          <Fact key={name} name={desk.catalog.fieldText(contact.topic, name, say.locale)}>
            <bdi>{value}</bdi>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}
