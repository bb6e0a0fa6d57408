import { createTranslator, type Locale, type Texts } from "@chatserver/shared";

const en = {
  brand: "Tidepurse",
  tagline: "A wallet that does not exist, to try its support",
  who: "You are",
  anonymous: "Not signed in",
  vip: "priority",
  balance: "Available balance",
  send: "Send",
  topup: "Top up",
  withdraw: "Withdraw",
  activity: "Recent activity",
  coffee: "Harbour Coffee",
  salary: "Salary, Bluefin Studio",
  transfer: "To Wei, sent in error",
  withdrawal: "Withdrawal to bank ••42",
  done: "Done",
  pending: "Pending",
  help_title: "Something not right?",
  help_text: "A person can look at it with you, day or night.",
  help_button: "Contact support",
  phrase: "Real support shows this phrase too",
  console: "Agent console",
  currency: "¥",
} as const;

export type DemoKey = keyof typeof en;

const zh: Record<DemoKey, string> = {
  brand: "潮汐钱包",
  tagline: "虚构的演示钱包，用来体验在线客服",
  who: "当前身份",
  anonymous: "未登录",
  vip: "优先服务",
  balance: "可用余额",
  send: "转账",
  topup: "充值",
  withdraw: "提现",
  activity: "最近交易",
  coffee: "港湾咖啡",
  salary: "工资 · 蓝鳍工作室",
  transfer: "转给小伟（转错了）",
  withdrawal: "提现至银行卡 ••42",
  done: "已完成",
  pending: "处理中",
  help_title: "遇到问题了？",
  help_text: "真人客服，昼夜在线，陪您一起处理。",
  help_button: "联系客服",
  phrase: "真客服的聊天里也显示这个口令",
  console: "客服工作台",
  currency: "¥",
};

/** The wallet's own words; the widget brings its own. */
export const demoTexts: Texts<DemoKey> = { en, "zh-CN": zh };

export const walletSpeaker = (locale: Locale): ReturnType<typeof createTranslator<DemoKey>> =>
  createTranslator(locale, demoTexts);
