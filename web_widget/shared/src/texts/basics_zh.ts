import type { BasicsKey } from "./basics_en.ts";

/** What any screen needs: the connection, errors, times, the box to write in, in Chinese. */
export const basics: Record<BasicsKey, string> = {
  "error.invalid": "内容有误，请检查后再试",
  "error.unauthenticated": "登录已失效，请重新登录",
  "error.forbidden": "当前身份无法进行此操作",
  "error.not_found": "没有找到，可能已被移走",
  "error.conflict": "情况有变，请看一下最新状态再操作",
  "error.closed": "对话已结束，请开始新的对话",
  "error.not_assigned": "这个对话已不由您负责，内容没有发出",
  "error.capacity": "接待名额已满，请先结束或转出一个对话",
  "error.offer_expired": "该对话已分配给其他同事",
  "error.too_large": "内容太长，请分几次发送",
  "error.upgrade_required": "页面版本已更新，请刷新后继续",
  "error.rate_limited": "操作有点快，请稍等片刻再试",
  "error.storage": "暂时没能保存，正在自动重试",
  "error.retry": "网络有点慢，正在自动重试",

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
