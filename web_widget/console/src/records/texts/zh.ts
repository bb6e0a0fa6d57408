import type { RecordsKey } from "./en.ts";

/** What the records say in Chinese. */
export const zh: Record<RecordsKey, string> = {
  "records.label": "记录",
  "page.audit": "审计日志",
  "lead.audit": "工作人员查看过什么、做过什么、被拒绝过什么。每一行都与上一行链接，任何改动或删除都会被发现。",
  "audit.actor": "操作人",
  "audit.action": "操作",
  "audit.object": "对象",
  "audit.outcome": "结果",
  "audit.any": "不限",
  "audit.done": "完成",
  "audit.refused": "被拒绝：{code}",
  "audit.reason": "原因",
  "audit.from": "从",
  "audit.until": "到",
  "audit.more": "显示更多",
  "audit.none": "没有符合的记录。",
  "audit.failed": "日志没有加载成功。",
  "audit.row": "第 {number} 行",
  "audit.address": "地址",
  "audit.session": "会话",
  "audit.head": "链条止于第 {number} 行",
  "audit.export": "下载 JSON 行文件",
  "audit.exporting": "正在下载…",
};
