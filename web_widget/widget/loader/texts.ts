/** The few words on the button: the loader must stay small, so it does not load the widget's texts. */
const TEXTS = {
  "zh-CN": { open: "联系客服", title: "在线客服", unread: "{n} 条未读消息" },
  en: { open: "Support", title: "Support chat", unread: "{n} unread messages" },
} as const;

export type Words = (typeof TEXTS)[keyof typeof TEXTS];

/** The words in the language of the page. */
export function wordsFor(locale: string): Words {
  return locale.toLowerCase().startsWith("zh") ? TEXTS["zh-CN"] : TEXTS.en;
}
