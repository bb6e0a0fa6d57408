import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { durationText, timeText } from "../time.ts";
import { courseOf, linesOf, TILES, type Tile } from "./facts.ts";
import type { Board as BoardNow } from "@chatserver/shared";
import { useWords } from "./words.ts";

const WIDTH = 120;
const HEIGHT = 28;

/** Today in six figures, each with its course over the hours. */
export function FiguresRow({ today }: { today: BoardNow["today"] }): JSX.Element {
  return (
    <section class="tiles" data-testid="tiles">
      {TILES.map((tile) => (
        <TileView key={tile} tile={tile} today={today} />
      ))}
    </section>
  );
}

function TileView({ tile, today }: { tile: Tile; today: BoardNow["today"] }): JSX.Element {
  const { say } = useDesk();
  const words = useWords();
  const value = today[tile];
  const detail = tile === "score" ? words("tile.ratings", { count: today.rated }) : words("tile.since", { time: timeText(today.at, say.locale) });
  return (
    <article class="tile" data-testid={`tile-${tile}`}>
      <h3>{words(`tile.${tile}`)}</h3>
      <p class="tile-value">{value === null ? words("tile.none") : valueText(tile, value, say.locale)}</p>
      <p class="quiet">{detail}</p>
      <Spark values={courseOf(today.hours, tile)} />
    </article>
  );
}

function valueText(tile: Tile, value: number, locale: string): string {
  if (tile === "wait_s" || tile === "first_reply_s") return durationText(value * 1_000, locale);
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
}

/** A course without numbers: whether it goes up or down is all it says. */
function Spark({ values }: { values: readonly (number | null)[] }): JSX.Element {
  const lines = useMemo(() => linesOf(values, WIDTH, HEIGHT), [values]);
  return (
    <svg class="spark" viewBox={`-2 -2 ${WIDTH + 4} ${HEIGHT + 4}`} preserveAspectRatio="none" aria-hidden="true">
      {lines.map((points) => (
        <polyline key={points} points={points} />
      ))}
    </svg>
  );
}
