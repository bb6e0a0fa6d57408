import { useState } from "preact/hooks";

export interface Dropping {
  /** Whether files are held over the page now. */
  readonly isOver: boolean;
  readonly listeners: {
    readonly onDragOver: (event: DragEvent) => void;
    readonly onDragLeave: (event: DragEvent) => void;
    readonly onDrop: (event: DragEvent) => void;
  };
}

/** Takes files that are dropped anywhere on a screen; with null they are kept from replacing the page. */
export function useDrop(take: ((files: File[]) => void) | null): Dropping {
  const [isOver, setOver] = useState(false);
  const hasFiles = (event: DragEvent): boolean => [...(event.dataTransfer?.types ?? [])].includes("Files");
  return {
    isOver,
    listeners: {
      onDragOver: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(take !== null);
      },
      onDragLeave: (event) => {
        if (event.relatedTarget === null || !(event.currentTarget as Node).contains(event.relatedTarget as Node)) setOver(false);
      },
      onDrop: (event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        take?.([...(event.dataTransfer?.files ?? [])]);
      },
    },
  };
}
