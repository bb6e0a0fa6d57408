import type { Locale } from "@chatserver/shared";

/** What a conversation can be about, as the desk has set it up. */
export interface Topic {
  readonly id: string;
  readonly zh: string;
  readonly en: string;
}

/** Asks for the topics; none when they cannot be had, since nobody needs one to be helped. */
export async function loadTopics(): Promise<Topic[]> {
  try {
    const answer = await fetch("/api/v1/topics", { headers: { accept: "application/json" } });
    if (!answer.ok) return [];
    const { topics } = (await answer.json()) as { topics?: Topic[] };
    return Array.isArray(topics) ? topics : [];
  } catch {
    return [];
  }
}

/** The name of a topic in a language; the id itself when the desk no longer has it. */
export function topicName(topics: readonly Topic[], id: string, locale: Locale): string {
  const topic = topics.find((one) => one.id === id);
  if (topic === undefined) return id;
  return locale === "zh-CN" ? topic.zh : topic.en;
}
