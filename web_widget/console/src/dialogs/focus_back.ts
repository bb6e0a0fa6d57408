import { useRef } from "preact/hooks";

/**
 * Remembers where somebody was writing when a dialog opened; the returned function puts the cursor back there.
 *
 * A browser gives the focus back by itself, but Chromium forgets the cursor: what is typed next would be lost.
 */
export function useFocusBack(): () => void {
  const before = useRef<readonly [HTMLElement | null, number | null] | null>(null);
  before.current ??= [document.activeElement as HTMLElement | null, cursorOf(document.activeElement)];
  return () => {
    const [element, cursor] = before.current ?? [null, null];
    element?.blur();
    element?.focus();
    if (cursor !== null && element instanceof HTMLTextAreaElement) element.setSelectionRange(cursor, cursor);
  };
}

function cursorOf(element: Element | null): number | null {
  return element instanceof HTMLTextAreaElement ? element.selectionEnd : null;
}
