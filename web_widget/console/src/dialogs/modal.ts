import { useLayoutEffect, useRef } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useFocusBack } from "./focus_back.ts";

export interface Modal {
  /** Closes it and puts the cursor back, at once. */
  readonly close: () => void;
  /** What its `<dialog>` is given. */
  readonly props: Readonly<Record<string, unknown>>;
}

/**
 * The dialog of the desk, which keeps the focus in it and ends by Escape or a click beside it.
 *
 * A browser tells that a dialog is closed a task later than it closes it. A key pressed in between is meant for the
 * desk already, so that the desk is told before the browser would, and only once.
 */
export function useModal(): Modal {
  const { desk } = useDesk();
  const box = useRef<HTMLDialogElement>(null);
  const isOver = useRef(false);
  const focusBack = useFocusBack();
  // Before the next key comes, which is meant for the dialog already.
  useLayoutEffect(() => box.current?.showModal(), []);
  const close = (): void => {
    if (isOver.current) return;
    isOver.current = true;
    box.current?.close();
    desk.show({ dialog: null });
    focusBack();
  };
  const onItself = (act: (event: Event) => void) => (event: Event) => {
    if (event.target === event.currentTarget) act(event);
  };
  const onCancel = onItself((event) => {
    event.preventDefault();
    close();
  });
  return { close, props: { ref: box, onClose: onItself(close), onCancel, onClick: onItself(close) } };
}
