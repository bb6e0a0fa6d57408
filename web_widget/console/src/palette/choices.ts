/** Everything that can be done from where one is, by name. */
import { LOCALES, newKey, type FilledReply, type Locale, type ShownMacro } from "@chatserver/shared";
import { actionsFor, run, type ChatAction } from "../desk/actions.ts";
import { inLocale } from "../desk/catalog.ts";
import type { Desk } from "../desk/desk.ts";
import { SHORTCUTS, type Shortcut } from "../desk/keys.ts";
import { areasOf } from "../desk/place.ts";
import type { Row } from "../desk/rows.ts";
import { THEMES } from "../desk/settings.ts";
import { focusOn, runShortcut } from "../desk/use_shortcuts.ts";
import type { ConsoleKey } from "../texts/en.ts";
import { sayIn, type Say } from "../texts/index.ts";

export const GROUPS = ["chats", "actions", "replies", "go", "settings"] as const;
export type Group = (typeof GROUPS)[number];

/** One line of the palette; `others` are further words by which it is found. */
export interface Choice {
  readonly id: string;
  readonly group: Group;
  readonly text: string;
  readonly detail?: string;
  readonly keys?: string;
  readonly others: readonly string[];
  readonly run: () => void;
}

export interface Outside {
  readonly onLocale: (locale: Locale) => void;
  readonly onSignOut: () => void;
}

/** What is offered now, before anything is typed in this order. */
export function choicesFor(desk: Desk, say: Say, outside: Outside): Choice[] {
  return [...chats(desk, say), ...ofConversation(desk, say), ...ofDesk(desk, say), ...places(desk, say), ...settings(desk, say, outside)];
}

function chats(desk: Desk, say: Say): Choice[] {
  return desk.order
    .map((id) => desk.row(id))
    .filter(({ id }) => id !== desk.selected)
    .map((row) => ({
      id: `chat ${row.id}`,
      group: "chats",
      text: row.facts.userName || say("row.visitor"),
      detail: chatDetail(row, desk, say),
      others: [row.facts.lastWords?.text ?? "", desk.catalog.topicText(row.topic, say.locale), row.id],
      run: () => desk.select(row.id),
    }));
}

function chatDetail(row: Row, desk: Desk, say: Say): string {
  const topic = desk.catalog.topicText(row.topic, say.locale);
  return [say(`status.${row.status}`), topic, row.facts.lastWords?.text ?? ""].filter(Boolean).join(" · ");
}

const ACTION_WORDS: Readonly<Record<ChatAction, readonly [ConsoleKey, Shortcut]>> = {
  takeBack: ["action.take_back", "takeBack"],
  handOff: ["keys.handOff", "handOff"],
  transfer: ["action.transfer", "transfer"],
  consult: ["action.consult", "consult"],
  stopHelping: ["action.stop_helping", "consult"],
  watch: ["action.watch", "watch"],
  unwatch: ["action.unwatch", "watch"],
  reassign: ["action.reassign", "transfer"],
  forceClose: ["action.force_close", "close"],
  join: ["action.join", "join"],
  leave: ["action.leave", "join"],
  reopen: ["action.reopen", "reopen"],
  close: ["close.title", "close"],
};

function ofConversation(desk: Desk, say: Say): Choice[] {
  const { selected } = desk;
  if (selected === null) return [];
  const row = desk.row(selected);
  const actions = actionsFor(desk, row).map((action) => {
    const [key, shortcut] = ACTION_WORDS[action];
    return named(`act ${action}`, "actions", key, say, () => run(desk, action, selected), SHORTCUTS[shortcut][0]);
  });
  const modes = desk.modesOf(row);
  const writing = ([["write", "reply"], ["quote", "reply"], ["note", "note"]] as const).filter(([, mode]) => modes.includes(mode)).map(([one]) => one);
  const macros = modes.includes("reply") ? desk.catalog.macros.map((macro) => macroChoice(macro, selected, desk, say)) : [];
  const replies = modes.includes("reply") ? desk.shelf.of(selected).map((reply) => replyChoice(reply, selected, desk, say)) : [];
  return [...writing.map((one) => byShortcut(one, "actions", desk, say)), ...actions, byShortcut("details", "actions", desk, say), ...macros, ...replies];
}

/** A canned reply, put into the box to be looked at before it goes. */
function replyChoice({ id, shortcut, title, text, missing }: FilledReply, conversation: string, desk: Desk, say: Say): Choice {
  const run = (): void => {
    desk.setMode(conversation, "reply");
    desk.drafts.giveBack(conversation, "reply", text);
    focusOn("composer");
  };
  const detail = missing.length > 0 ? say("replies.missing", { names: missing.join("、") }) : text;
  return { id: `reply ${id}`, group: "replies", text: title, detail, keys: `/${shortcut}`, others: [shortcut, text], run };
}

/** Several steps by one name. */
function macroChoice({ id, shortcut, title }: ShownMacro, conversation: string, desk: Desk, say: Say): Choice {
  const run = async (): Promise<void> => {
    await desk.acts.do(conversation, "macro", () => desk.client.command("run_macro", { conversation, key: newKey(), macro: id }));
  };
  return {
    id: `macro ${id}`,
    group: "replies",
    text: inLocale(title, say.locale),
    others: [shortcut, title.zh, title.en],
    run: () => void run(),
  };
}

function ofDesk(desk: Desk, say: Say): Choice[] {
  if (!desk.serves) return [];
  const presence = (["available", "away", "offline"] as const).filter((one) => one !== desk.presence.status);
  const answers: Shortcut[] = desk.client.offers.size > 0 ? ["accept", "decline"] : [];
  return [
    ...answers.map((one) => byShortcut(one, "actions", desk, say)),
    byShortcut("nextUnread", "actions", desk, say),
    ...presence.map((one) =>
      named(`presence ${one}`, "actions", `presence.go_${one}` as const, say, () => void desk.presence.set(one)),
    ),
  ];
}

function places(desk: Desk, say: Say): Choice[] {
  const areas = areasOf(desk.me.role).filter((area) => area !== desk.place.area);
  return [
    ...areas.map((area) => named(`area ${area}`, "go", `area.${area}` as const, say, () => desk.open(area))),
    byShortcut("sheet", "go", desk, say),
  ];
}

function settings(desk: Desk, say: Say, { onLocale, onSignOut }: Outside): Choice[] {
  const { settings: own } = desk;
  return [
    ...LOCALES.filter((locale) => locale !== say.locale).map((locale) => ({
      ...named(`language ${locale}`, "settings", "app.language", say, () => onLocale(locale)),
      detail: locale === "zh-CN" ? "中文" : "English",
    })),
    ...THEMES.filter((theme) => theme !== own.theme).map((theme) =>
      named(`theme ${theme}`, "settings", `theme.${theme}` as const, say, () => own.setTheme(theme)),
    ),
    named("sound", "settings", own.hasSound ? "sound.turn_off" : "sound.turn_on", say, () => own.setSound(!own.hasSound)),
    named("security", "settings", "security.title", say, () => desk.show({ dialog: "security" })),
    named("settings", "settings", "settings.title", say, () => desk.show({ dialog: "settings" })),
    named("sign out", "settings", "sign_out", say, onSignOut),
  ];
}

function byShortcut(shortcut: Shortcut, group: Group, desk: Desk, say: Say): Choice {
  return named(`key ${shortcut}`, group, `keys.${shortcut}`, say, () => runShortcut(desk, shortcut), SHORTCUTS[shortcut][0]);
}

const WORDS = { "zh-CN": sayIn("zh-CN"), en: sayIn("en") };

/** A choice that is also found by its words in the other language: hands remember what they typed for years. */
function named(id: string, group: Group, key: ConsoleKey, say: Say, act: () => void, keys?: string): Choice {
  const others = [WORDS[say.locale === "en" ? "zh-CN" : "en"](key)];
  return { id, group, text: say(key), others, run: act, ...(keys !== undefined && { keys }) };
}
