import { errorText } from "@chatserver/shared";
import type { JSX } from "preact";
import { useDesk } from "../desk/context.ts";
import type { HttpRefusal } from "../http.ts";
import { useWords } from "./words.ts";

/** Why something was not saved: in the language of the console, with the server's own sentence about the field. */
export function Refused({ refused }: { refused: HttpRefusal | null }): JSX.Element | null {
  const { say } = useDesk();
  const words = useWords();
  if (refused === null) return null;
  const { code, message, field } = refused.error;
  return (
    <p class="hint hint-danger" role="alert" data-testid="admin-refused">
      {words("told.refused", { why: errorText(code, say) })}
      {field !== undefined && (
        <>
          {" "}
          <code>{field}</code> {message}
        </>
      )}
    </p>
  );
}
