import type { BasicsKey } from "./basics_en.ts";

/** What any screen needs: the connection, errors, times, the box to write in, in Chinese. */
export const basics: Record<BasicsKey, string> = {
  "link.connecting": "正在连接…",
  "link.offline": "网络不太稳定，正在重新连接。您写的内容不会丢失",
  "link.refused": "登录已失效，请重新登录",

  "link.goes_to": "将打开 {host}",

  "time.today": "今天",
  "time.tomorrow": "明天",
  "time.yesterday": "昨天",
  "duration.under_minute": "不到 1 分钟",
  "duration.one_minute": "约 1 分钟",
  "duration.minutes": "约 {n} 分钟",
  "duration.range": "约 {low}–{high} 分钟",
  "duration.long": "超过 1 小时",

  "composer.label": "输入消息",
  "composer.send": "发送",
  "composer.too_long": "超出 {n} 字",
};
