import { Component, type ComponentChildren, type JSX } from "preact";
import { useId } from "preact/hooks";
import { useDesk } from "../desk/context.ts";
import { useLive } from "../desk/live.ts";
import type { Say } from "../texts/index.ts";
import { Glyph } from "../view/glyph.tsx";

/** A titled block of the right pane; folded away on this device by a press on its title. */
export function Card({ id, title, children }: { id: string; title: string; children: ComponentChildren }): JSX.Element {
  const { desk } = useDesk();
  const isFolded = useLive((one) => one.settings.isFolded(id));
  const body = useId();
  return (
    <section class={`card${isFolded ? " card-folded" : ""}`} data-testid="card" data-id={id}>
      <h2>
        <button type="button" class="card-title" aria-expanded={!isFolded} aria-controls={body} onClick={() => desk.settings.setFolded(id, !isFolded)}>
          {title}
          <Glyph name="fold" size={14} />
        </button>
      </h2>
      <div id={body} hidden={isFolded}>
        {children}
      </div>
    </section>
  );
}

/** A name and its value, inside a `dl`. */
export function Fact({ name, children }: { name: string; children: ComponentChildren }): JSX.Element {
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A card that fails says so and takes nothing else with it: whoever serves needs the rest. */
export class Boundary extends Component<{ say: Say; children: ComponentChildren }, { hasFailed: boolean }> {
  override state = { hasFailed: false };

  static override getDerivedStateFromError(): { hasFailed: boolean } {
    return { hasFailed: true };
  }

  override componentDidCatch(failure: unknown): void {
    console.warn("A card could not be drawn.", failure);
  }

  override render(): ComponentChildren {
    return this.state.hasFailed ? <p class="card quiet">{this.props.say("details.card_failed")}</p> : this.props.children;
  }
}
