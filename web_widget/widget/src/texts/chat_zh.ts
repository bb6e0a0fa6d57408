import type { ChatKey } from "./chat_en.ts";

/** What the widget says within a conversation, in Chinese. */
export const chat: Record<ChatKey, string> = {
  "chat.opening": "正在为您开启对话…",
  "chat.with_assistant": "智能助手正在为您服务",
  "chat.with_agent": "正在为您服务",
  "chat.with_specialist": "资深客服",
  "chat.waiting": "正在接通人工客服",
  "chat.closed": "对话已结束",
  "chat.verified": "官方认证客服",
  "chat.person": "找人工客服",
  "chat.asking": "正在转接…",
  "chat.end": "结束对话",
  "chat.end_sure": "确定结束本次对话吗？",
  "chat.end_yes": "结束",
  "chat.end_no": "继续对话",
  "chat.write": "请输入消息",
  "chat.write_waiting": "可以先写下您的问题",
  "chat.answer_cancel": "取消引用",
  "chat.new": "发起新对话",
  "chat.agent_away": "{name}的网络有些波动，正在恢复。您发的消息都会送达",

  "elsewhere.message": "改为留言",
  "elsewhere.callback": "预约回电",

  "file.attach": "添加图片或文件",
  "file.camera": "拍照",
  "file.drop": "松开即可添加",
  "file.refused_picture": "这张照片（HEIC 格式）打不开，请截图后再发",
  "file.refused_type": "可以发送图片、PDF 和文本文件",
  "file.refused_size": "单个文件不能超过 10 MB",
  "file.refused_count": "一次最多发送 {n} 个文件",

  "parked.empty": "请在下面写下您的留言",
  "parked.subtitle": "留言",
  "parked.title": "已收到您的留言",
  "own.message_left": "不用一直等，我们会在这里回复您，您也可以随时补充。",

  "waiting.title": "正在为您安排客服",
  "waiting.title_specialist": "正在为您安排资深客服",
  "waiting.position": "当前排在第 {n} 位",
  "waiting.next": "您排在第 1 位",
  "waiting.estimate": "预计还需{time}",
  "waiting.no_estimate": "暂时无法准确预估时间",
  "own.waiting": "您的位置会一直保留。先发来订单号、金额、时间或截图，客服接入就能直接处理。",
  "waiting.meanwhile_specialist": "您的位置会一直保留，之前说过的都能看到，可以随时补充。",
  "waiting.leave": "退出排队",
};
