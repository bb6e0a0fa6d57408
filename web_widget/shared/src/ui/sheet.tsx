import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { IconButton } from "./button.tsx";
import { close } from "./icons.ts";
import { Icon } from "./marks.tsx";

export interface SheetProps {
  title: string;
  /** What the cross in the corner is called. */
  closeLabel: string;
  onClose: () => void;
  testId?: string;
  children: ComponentChildren;
}

const REACHABLE = "a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), [tabindex='0']";

/**
 * Something to do before going on: from below on a phone, in the middle of a larger page. The keyboard
 * stays inside, Escape closes it, and the focus returns to where it came from. (`<dialog>` would do all
 * that, but not in the web views of 2019.)
 */
export function Sheet({ title, closeLabel, onClose, testId, children }: SheetProps): JSX.Element {
  const sheet = useRef<HTMLDivElement>(null);
  // With the picture, not after it: a key that is pressed at once is for the sheet.
  useLayoutEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const first = sheet.current?.querySelector<HTMLElement>("[data-autofocus]") ?? sheet.current;
    first?.focus();
    // Where it came from may have gone with its screen; then the first way to such a sheet takes its place.
    return () => (before?.isConnected === true ? before : document.querySelector<HTMLElement>("[aria-haspopup=dialog]"))?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !event.isComposing) {
      event.preventDefault();
      event.stopPropagation();
      onClose();
    } else if (event.key === "Tab") {
      keepInside(sheet.current, event);
    }
  };

  return (
    <div class="cs-sheet-ground" onMouseDown={(event) => event.target === event.currentTarget && onClose()}>
      <div class="cs-sheet" role="dialog" aria-modal="true" aria-label={title} tabIndex={-1} ref={sheet} onKeyDown={onKeyDown} data-testid={testId}>
        <div class="cs-sheet-head">
          <h2>{title}</h2>
          <IconButton label={closeLabel} onClick={onClose} testId="sheet-close">
            <Icon path={close} />
          </IconButton>
        </div>
        <div class="cs-sheet-body">{children}</div>
      </div>
    </div>
  );
}

function keepInside(sheet: HTMLElement | null, event: KeyboardEvent): void {
  const stops = [...(sheet?.querySelectorAll<HTMLElement>(REACHABLE) ?? [])];
  const [first, last] = [stops[0], stops[stops.length - 1]];
  const here = document.activeElement;
  const target = event.shiftKey ? (here === first || here === sheet ? last : null) : here === last ? first : null;
  if (target == null) return;
  event.preventDefault();
  target.focus();
}
