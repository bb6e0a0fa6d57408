import { ACCEPT } from "@chatserver/shared/files/choose";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { GlyphButton } from "../view/glyph_button.tsx";

/** The way to the device's files. */
export function Attach({ onFiles }: { onFiles: (files: readonly File[]) => void }): JSX.Element {
  const { say } = useDesk();
  const input = useRef<HTMLInputElement>(null);
  return (
    <span class="attach">
      <input
        ref={input}
        type="file"
        hidden
        multiple
        tabIndex={-1}
        accept={ACCEPT}
        onChange={(event) => {
          onFiles([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
        data-testid="file-input"
      />
      <GlyphButton name="attach" label={say("file.attach")} onClick={() => input.current?.click()} testId="attach" />
    </span>
  );
}

/** Files that are dropped anywhere on the conversation; elsewhere a dropped file must not replace the page. */
export function useDrop(onFiles: ((files: readonly File[]) => void) | null): void {
  useEffect(() => {
    const over = (event: DragEvent): void => event.preventDefault();
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      const files = [...(event.dataTransfer?.files ?? [])];
      const isOnChat = event.target instanceof Element && event.target.closest(".chat") !== null;
      if (files.length > 0 && isOnChat) onFiles?.(files);
    };
    document.addEventListener("dragover", over);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", over);
      document.removeEventListener("drop", drop);
    };
  }, [onFiles]);
}
