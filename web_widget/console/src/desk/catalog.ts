import type { AgentInfo, Locale } from "@chatserver/shared";
import type { Api, Colleague } from "../api.ts";
import { callJson } from "../http.ts";

interface Topic {
  id: string;
  zh: string;
  en: string;
}

/** What the desk knows by name: colleagues, skills, topics. */
export class Catalog {
  colleagues: Colleague[] = [];
  topics = new Map<string, Topic>();
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

  take(colleagues: Colleague[]): void {
    this.colleagues = colleagues;
    this.#onChange();
  }

  async loadTopics(): Promise<void> {
    const { topics } = await callJson<{ topics: Topic[] }>("/api/v1/topics");
    this.topics = new Map(topics.map((topic) => [topic.id, topic]));
    this.#onChange();
  }

  /** The title of a topic; a topic of the host app's own is shown as it is. */
  topicText(id: string, locale: Locale): string {
    const topic = this.topics.get(id);
    if (topic === undefined) return id;
    return locale === "zh-CN" ? topic.zh : topic.en;
  }

  agentName(id: string): string {
    return this.colleagues.find((one) => one.id === id)?.name ?? id;
  }

  /** Those who could take over a conversation of a tier, the freest first. */
  othersThan(me: string, tier: number): Colleague[] {
    const free = (one: Colleague): number => one.capacity - one.active;
    return this.colleagues
      .filter((one) => one.id !== me && one.tier === tier && one.status === "available")
      .sort((a, b) => free(b) - free(a) || a.name.localeCompare(b.name));
  }

  /** Skills of the agents of a tier. */
  skillsOf(tier: AgentInfo["tier"]): string[] {
    const skills = this.colleagues.filter((one) => one.tier === tier).flatMap((one) => one.skills);
    return [...new Set(skills)].sort();
  }
}
