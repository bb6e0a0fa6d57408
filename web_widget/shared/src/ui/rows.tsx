import { Component, createRef, type ComponentChildren, type JSX, type RefObject } from "preact";
import { offset, span } from "./window.ts";

export interface RowsProps<Item> {
  items: readonly Item[];
  /** One element per item, with `data-id` if `reveal` shall find it. */
  render: (item: Item, index: number) => ComponentChildren;
  /** Is given this list, for `toEnd` and `reveal`: a component's `ref` is a prop like any other and would stay empty. */
  handle?: RefObject<Rows<Item> | null>;
  /** What items are called, for `reveal` and for telling that the last one is new. */
  keyOf: (item: Item) => string;
  label: string;
  /** A conversation begins at its end and stays there; a list begins at its top. Left out: a conversation. */
  kind?: "log" | "list";
  testId?: string;
  /** Whether the newest item is this person's own: then it always comes into view. */
  isOwnLast?: boolean;
  /** Called when the end comes into view or leaves it. */
  onEnd?: (isAtEnd: boolean) => void;
  /** Stand above the first and below the last item. */
  before?: ComponentChildren;
  after?: ComponentChildren;
}

interface State {
  from: number;
  to: number;
}

/** Items drawn or dropped together: few enough to be drawn within a frame, enough to be rarely at it. */
const BLOCK = 16;
/** The height of a block that was never drawn; corrected out of sight. */
const GUESS_PX = BLOCK * 64;
/** Drawn beyond what is seen, so that a fling does not outrun it. */
const MARGIN_PX = 1_200;
/** Closer to the end than this, new items scroll into view by themselves. */
const NEAR_END_PX = 80;

/**
 * Something that grows at its end and may be thousands of items long: only the blocks around what is seen
 * are in the page. Whoever is at the end of a conversation stays there; whoever reads above is not moved.
 */
export class Rows<Item> extends Component<RowsProps<Item>, State> {
  private readonly box = createRef<HTMLDivElement>();
  private readonly list = createRef<HTMLDivElement>();
  private readonly rest = createRef<HTMLDivElement>();
  private heights: number[] = [];
  private isAtEnd = this.props.kind !== "list";
  private wanted: string | null = null;
  private observer: ResizeObserver | null = null;
  override state: State = this.isList ? { from: 0, to: Math.min(2, this.count()) } : this.tail();

  override componentDidMount(): void {
    if (this.props.handle !== undefined) this.props.handle.current = this;
    this.settle(!this.isList);
    // The keyboard, the queue or a survey take room: whoever was at the end stays there.
    if (typeof ResizeObserver === "undefined" || this.box.current === null) return;
    this.observer = new ResizeObserver(() => this.settle(false));
    for (const part of [this.box.current, this.rest.current]) if (part !== null) this.observer.observe(part);
  }

  override componentWillUnmount(): void {
    this.observer?.disconnect();
  }

  override componentDidUpdate(before: RowsProps<Item>): void {
    const { items, keyOf, isOwnLast = false } = this.props;
    const [last, previous] = [items[items.length - 1], before.items[before.items.length - 1]];
    const isNew = last !== undefined && (previous === undefined || keyOf(last) !== keyOf(previous));
    this.settle(isNew && isOwnLast);
  }

  /** Goes to the end. */
  toEnd(): void {
    this.reach(true);
    this.setState(this.tail(), () => this.settle(true));
  }

  /** Scrolls an item into the middle and gives it the focus; false when there is none of that key. */
  reveal(key: string): boolean {
    const { items, keyOf } = this.props;
    const index = items.findIndex((item) => keyOf(item) === key);
    if (index < 0) return false;
    const block = Math.floor(index / BLOCK);
    this.reach(false);
    this.wanted = key;
    const state = { from: Math.max(0, block - 1), to: Math.min(this.count(), block + 2) };
    this.setState(state, () => this.settle(false));
    return true;
  }

  override render({ items, render, label, before, after, testId = "log" }: RowsProps<Item>): JSX.Element {
    const { from, to } = this.bounds();
    const said = this.isList ? { list: { role: "list" as const, "aria-label": label } } : { log: { role: "log" as const, "aria-label": label, tabIndex: 0 } };
    const rest = offset(this.heights, this.count()) - offset(this.heights, to);
    return (
      <div
        class={this.isList ? "cs-log cs-list" : "cs-log"}
        ref={this.box}
        onScroll={this.onScroll}
        aria-live="off"
        {...said.log}
        data-testid={testId}
      >
        {before}
        <div class="cs-rows" ref={this.list} {...said.list} style={{ paddingTop: `${offset(this.heights, from)}px`, paddingBottom: `${rest}px` }}>
          {Array.from({ length: to - from }, (_, at) => from + at).map((block) => (
            <div key={block} class="cs-rows-block">
              {items.slice(block * BLOCK, (block + 1) * BLOCK).map((item, at) => render(item, block * BLOCK + at))}
            </div>
          ))}
        </div>
        <div ref={this.rest}>{after}</div>
      </div>
    );
  }

  private get isList(): boolean {
    return this.props.kind === "list";
  }

  private count(): number {
    return Math.ceil(this.props.items.length / BLOCK);
  }

  private tail(): State {
    const count = this.count();
    return { from: Math.max(0, count - 2), to: count };
  }

  /** The drawn blocks as far as they exist; whoever is at the end sees the last one, however many came. */
  private bounds(): State {
    const count = this.count();
    while (this.heights.length < count) this.heights.push(GUESS_PX);
    this.heights.length = count;
    const { from, to } = this.state;
    if (this.isAtEnd && !this.isList) return { from: Math.min(from, Math.max(0, count - 2)), to: count };
    return { from: Math.min(from, Math.max(0, count - 1)), to: Math.min(Math.max(to, from + 1), count) };
  }

  /** Brings what is remembered in line with what is drawn, without moving what somebody looks at. */
  private settle(goToEnd: boolean): void {
    const box = this.box.current;
    if (box === null) return;
    const moved = this.measure(box.scrollTop);
    if (goToEnd || (this.isAtEnd && !this.isList)) box.scrollTop = box.scrollHeight;
    else if (moved !== 0) box.scrollTop += moved;
    if (this.wanted !== null) this.show(this.wanted);
    this.look();
  }

  /** Measures the drawn blocks; by how much those above `top` differ from what was believed. */
  private measure(top: number): number {
    const list = this.list.current;
    if (list === null) return 0;
    const { from } = this.bounds();
    let y = list.offsetTop + offset(this.heights, from);
    let moved = 0;
    [...list.children].forEach((child, at) => {
      const height = (child as HTMLElement).offsetHeight;
      const known = this.heights[from + at] ?? 0;
      if (y + known <= top) moved += height - known;
      this.heights[from + at] = height;
      y += known;
    });
    return moved;
  }

  private show(key: string): void {
    this.wanted = null;
    const found = [...(this.list.current?.querySelectorAll<HTMLElement>("[data-id]") ?? [])].find((one) => one.dataset["id"] === key);
    found?.scrollIntoView({ block: "center" });
    found?.focus({ preventScroll: true });
  }

  /** Whether the end is in view, told when it becomes another. */
  private reach(isAtEnd: boolean): void {
    if (isAtEnd === this.isAtEnd) return;
    this.isAtEnd = isAtEnd;
    this.props.onEnd?.(isAtEnd);
  }

  private look(): void {
    const box = this.box.current as HTMLDivElement;
    const top = box.scrollTop - (this.list.current?.offsetTop ?? 0);
    const isAtEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END_PX;
    this.reach(isAtEnd);
    const [from, to] = span(this.heights, top, top + box.clientHeight, MARGIN_PX);
    const drawn = this.bounds();
    // Blocks are dropped lazily: going back and forth over an edge shall cost nothing.
    if (from < drawn.from || to > drawn.to || drawn.to - drawn.from > to - from + 2) this.setState({ from, to });
  }

  private readonly onScroll = (): void => this.look();
}
