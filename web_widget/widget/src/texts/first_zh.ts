import type { FirstKey } from "./first_en.ts";

/** What the widget says before there is a conversation, in Chinese. */
export const first: Record<FirstKey, string> = {
  "title": "在线客服",
  "language.label": "语言",
  "panel.close": "收起",

  "away.title": "客服现在不在线。",
  "away.title_until": "客服{time} 上线。",
  "own.closed": "您可以先留言，我们上线后第一时间在这里回复您。",

  "chat.back": "返回",

  "elsewhere.leave": "给我们留言",

  "own.greeting": "您好，有什么可以帮您？",
  "home.promise": "客服绝不会索要您的密码、验证码或助记词。",
  "home.topics": "请选择问题类型（可不选）",
  "home.person": "找人工客服",
  "home.wait": "目前{time}接通",
  "home.assistant": "先问问智能助手",
  "home.write": "也可以直接描述您遇到的问题",
  "home.earlier": "最近的对话",
  "home.earlier_unrated": "待评价",
  "home.earlier_topicless": "咨询",
  "home.history": "全部对话",

  "menu.open": "更多",

  "status.refused": "登录状态已失效，请返回应用重新打开客服",
  "status.again": "重新连接",
};
