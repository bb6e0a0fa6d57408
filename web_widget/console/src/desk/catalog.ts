import type {
  AgentInfo,
  AgentRow,
  Both,
  Locale,
  ShownAwayReason,
  ShownDisposition,
  ShownMacro,
  ShownRouting,
  ShownTag,
  Topic,
  TopicList,
} from "@chatserver/shared";
import type { Api } from "../api.ts";
import { callJson, HttpRefusal } from "../http.ts";
import { en, type ConsoleKey } from "../texts/en.ts";
import type { Say } from "../texts/index.ts";

/** The shipped outcomes, for a desk that has not chosen its own. */
const OUTCOMES = ["solved", "answered", "follow_up", "no_answer", "out_of_scope", "spam"];

/** What the desk knows by name: colleagues, skills, topics, and the words it has chosen. */
export class Catalog {
  colleagues: AgentRow[] = [];
  topics = new Map<string, Topic>();
  dispositions: readonly ShownDisposition[] = [];
  awayReasons: readonly ShownAwayReason[] = [];
  tags: readonly ShownTag[] = [];
  macros: readonly ShownMacro[] = [];
  /** Whether an agent has to say what came of a conversation. */
  needsOutcome = false;
  #outcomes: readonly string[] = OUTCOMES;
  readonly #api: Api;
  readonly #onChange: () => void;

  constructor(api: Api, onChange: () => void) {
    this.#api = api;
    this.#onChange = onChange;
  }

  /** Who is there now and how busy; raises `HttpRefusal`. */
  async refresh(): Promise<void> {
    this.take(await this.#api.agents());
  }

  take(colleagues: AgentRow[]): void {
    this.colleagues = colleagues;
    this.#onChange();
  }

  async loadTopics(): Promise<void> {
    const { topics } = await callJson<TopicList>("/api/v1/topics");
    this.topics = new Map(topics.map((topic) => [topic.id, topic]));
    this.#onChange();
  }

  /** The words that the desk has chosen; what cannot be had now stays as it was. */
  async loadWords(): Promise<void> {
    const [dispositions, awayReasons, tags, macros, routing] = await Promise.all([
      this.#items("dispositions", this.dispositions),
      this.#items("away-reasons", this.awayReasons),
      this.#items("tags", this.tags),
      this.#items("macros", this.macros),
      this.#items<ShownRouting>("routing", []),
    ]);
    Object.assign(this, { dispositions, awayReasons, tags, macros });
    this.needsOutcome = routing[0]?.disposition_required ?? this.needsOutcome;
    const ids = dispositions.map(({ id }) => id);
    // The usual one first, the others as they are arranged.
    this.#outcomes = ids.length > 0 ? [...ids.filter((id) => id === OUTCOMES[0]), ...ids.filter((id) => id !== OUTCOMES[0])] : OUTCOMES;
    this.#onChange();
  }

  /** The title of a topic; a topic of the host app's own is shown as it is. */
  topicText(id: string, locale: Locale): string {
    const topic = this.topics.get(id);
    return topic === undefined ? id : inLocale(topic, locale);
  }

  /** What a question of a topic's form asks for; a name of the host app's own is shown as it is. */
  fieldText(topic: string, field: string, locale: Locale): string {
    const found = this.topics.get(topic)?.fields?.find(({ id }) => id === field);
    return found === undefined ? field : inLocale(found.label, locale);
  }

  /** The codes of the outcomes that can be chosen. */
  get outcomes(): readonly string[] {
    return this.#outcomes;
  }

  /** The name of an outcome; a code of which nothing is known is shown as it is. */
  outcomeText(code: string, say: Say): string {
    const word = this.dispositions.find(({ id }) => id === code);
    if (word !== undefined) return inLocale(word.name, say.locale);
    const key = `outcome.${code}`;
    return key in en ? say(key as ConsoleKey) : code;
  }

  /** Why somebody is away, in words. */
  awayText(id: string, locale: Locale): string {
    return nameIn(this.awayReasons, id, locale);
  }

  tagText(id: string, locale: Locale): string {
    return nameIn(this.tags, id, locale);
  }

  agentName(id: string): string {
    return this.colleagues.find((one) => one.id === id)?.name ?? id;
  }

  /** Those who could take over a conversation of a tier, the freest first. */
  othersThan(me: string, tier: number): AgentRow[] {
    const free = (one: AgentRow): number => one.capacity - one.active;
    return this.colleagues
      .filter((one) => one.id !== me && one.tier === tier && one.status === "available")
      .sort((a, b) => free(b) - free(a) || a.name.localeCompare(b.name));
  }

  /** Skills of the agents of a tier. */
  skillsOf(tier: AgentInfo["tier"]): string[] {
    const skills = this.colleagues.filter((one) => one.tier === tier).flatMap((one) => one.skills);
    return [...new Set(skills)].sort();
  }

  async #items<Item>(kind: string, known: readonly Item[]): Promise<readonly Item[]> {
    try {
      return (await this.#api.get<{ items: Item[] }>(kind)).items;
    } catch (failure) {
      if (!(failure instanceof HttpRefusal)) throw failure;
      return known;
    }
  }
}

/** Words in one of their languages, in the other where they have only that. */
export function inLocale(words: Both, locale: Locale): string {
  return locale === "zh-CN" ? words.zh || words.en : words.en || words.zh;
}

function nameIn(words: readonly (ShownTag | ShownAwayReason)[], id: string, locale: Locale): string {
  const word = words.find((one) => one.id === id);
  return word === undefined ? id : inLocale(word.name, locale);
}
