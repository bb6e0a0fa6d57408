import "../styles/board.css";
import { Skeleton } from "@chatserver/shared/ui";
import type { JSX } from "preact";
import { AgentsBoard } from "./agents.tsx";
import { FiguresRow } from "./figures.tsx";
import { QueueBoard } from "./queue.tsx";
import { useBoard } from "./use_board.ts";
import { useWords } from "./words.ts";

/** The desk at a glance, live: who waits, who works, how the day goes. */
export function Board(): JSX.Element {
  const { board, hasFailed } = useBoard();
  const words = useWords();
  return (
    <main class="area board" data-testid="board">
      {hasFailed && (
        <p class="hint hint-danger" role="alert">
          {words("board.failed")}
        </p>
      )}
      {board === null ? (
        <Skeleton lines={6} />
      ) : (
        <>
          <FiguresRow today={board.today} />
          <div class="board-halves">
            <QueueBoard board={board} />
            <AgentsBoard board={board} />
          </div>
        </>
      )}
    </main>
  );
}
