/** The part of `VisualViewport` that is used; engines before 2019 have none. */
type Seen = Pick<VisualViewport, "height" | "offsetTop" | "addEventListener">;

/**
 * Keeps an element as tall as what is seen above the keyboard of a phone, where the keyboard lies over
 * the page instead of making it smaller.
 */
export function fitKeyboard(element: HTMLElement, seen: Seen | null = window.visualViewport): void {
  if (seen === null || seen === undefined) return;
  const fit = (): void => {
    const isCovered = window.innerHeight - seen.height > 60;
    element.style.height = isCovered ? `${seen.height}px` : "";
    element.style.transform = isCovered && seen.offsetTop > 0 ? `translateY(${seen.offsetTop}px)` : "";
  };
  seen.addEventListener("resize", fit);
  seen.addEventListener("scroll", fit);
}
