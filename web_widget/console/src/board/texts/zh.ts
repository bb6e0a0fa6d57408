import type { BoardKey } from "./en.ts";

/** What the board says in Chinese. */
export const zh: Record<BoardKey, string> = {
  "board.failed": "看板没有加载成功，系统会自动重试。",
  "tile.started": "新对话",
  "tile.closed": "已结束",
  "tile.abandoned": "放弃排队",
  "tile.wait_s": "平均等待",
  "tile.first_reply_s": "平均首次响应",
  "tile.score": "满意度",
  "tile.since": "{time} 起",
  "tile.ratings": "{count} 条评价",
  "tile.none": "–",

  "queue.title": "排队",
  "queue.empty": "暂时没有人排队。",
  "queue.oldest": "最久 {time}",
  "queue.parked": "已留言",
  "queue.priority": "优先级 {n}",

  "agents.title": "团队",
  "agents.count": "{available} 人可接待，{away} 人暂离",
  "agents.idle": "暂无对话",
  "agents.wrap_up": "整理中",
  "agents.load": "接待 {active} / {capacity}",
  "agents.offline": "离线",
  "agents.show_offline": "显示离线的 {count} 人",

  "menu.chat": "处理此对话",
  "menu.agent": "管理{name}",
  "menu.watch": "旁听",
  "menu.whisper": "悄悄提醒客服",
  "menu.join": "介入",
  "menu.reassign": "改派…",
  "menu.move": "调整排队顺序…",
  "menu.close": "结束…",
  "menu.force_offline": "设为离线…",
};
