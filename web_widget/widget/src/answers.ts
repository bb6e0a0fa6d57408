import type { Question } from "./topics.ts";

/** What was answered, by the id of the question. */
export type Answers = Readonly<Record<string, string>>;

/** Whether a question must be answered and is not. */
export function isMissing(question: Question, answers: Answers): boolean {
  return question.required === true && (answers[question.id] ?? "").trim() === "";
}

/** The answers as a conversation starts with them: only what was asked and answered. */
export function attributesOf(questions: readonly Question[], answers: Answers): Record<string, string> {
  const given = questions.map(({ id }): [string, string] => [id, (answers[id] ?? "").trim()]);
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}
