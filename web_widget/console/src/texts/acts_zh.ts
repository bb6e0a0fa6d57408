import type { ActsKey } from "./acts_en.ts";

/** What the console says in Chinese about what people do with conversations. */
export const acts: Record<ActsKey, string> = {
  "action.label": "操作",
  "action.hand_off": "升级到二线",
  "action.hand_back": "转回一线",
  "action.take_back": "收回",
  "action.transfer": "转接",
  "action.close": "结束",
  "action.reopen": "重新打开",
  "action.join": "介入",
  "action.consult": "请教同事",
  "action.help": "去协助",
  "action.stop_helping": "结束协助",
  "action.watch": "旁听",
  "action.unwatch": "停止旁听",
  "action.reassign": "改派",
  "action.force_close": "结束",
  "action.leave": "退出介入",
  "action.cancel": "取消",
  "action.dismiss": "知道了",
  "action.details": "详情",

  "handoff.lead": "对话连同全部记录进入{tier}队列，排队时间不重新计算。系统会告知用户，用户可以继续留言。",
  "handoff.reason": "原因",
  "handoff.reason_hint": "例如：转账 24 小时仍未到账",
  "handoff.note": "给同事的备注",
  "handoff.note_hint": "已经核实了什么，还缺什么",

  "field.optional": "选填",

  "transfer.title": "转接对话",
  "transfer.lead": "同事可以谢绝，谢绝后退回给您。系统会告知用户将由其他同事接手。",
  "transfer.to_agent": "转给同事",
  "transfer.to_skill": "按技能转",
  "transfer.none": "目前没有其他同事在线。",
  "transfer.anyone": "由下一位空闲同事接待",
  "transfer.full": "已满",

  "close.title": "结束对话",
  "close.lead": "结束后会邀请用户评价。",
  "close.outcome": "处理结果",

  "outcome.none": "不填写",
  "outcome.solved": "已解决",
  "outcome.answered": "已解答咨询",
  "outcome.follow_up": "转后续跟进",
  "outcome.no_answer": "用户未再回应",
  "outcome.out_of_scope": "不在服务范围",
  "outcome.spam": "骚扰或垃圾信息",

  "join.title": "介入对话",
  "join.lead": "您将与客服一同发言，双方都会看到您已介入。介入原因会留存。",

  "watch.lead": "您可以实时看到全部内容，双方都不会知道。原因会写入记录。",

  "reassign.title": "改派对话",
  "reassign.lead": "新的客服会立即接手，用户会得知由同事继续接待。",

  "move.title": "调整排队顺序",
  "move.lead": "每提高一级，相当于多等了五分钟。",
  "move.submit": "调整",
  "move.priority": "优先级",
  "move.normal": "普通",

  "force_close.lead": "对话会对用户和客服同时结束，并请用户评价。",

  "force_offline.title": "将{name}设为离线",
  "force_offline.lead": "该同事不再接到新对话。",
  "force_offline.requeue": "手上的对话回到队列最前面",

  "consult.title": "请教同事",
  "consult.lead": "对话仍由您接待。{tier}的同事会阅读全部内容，并以备注回答；用户不会知道。",
  "consult.question": "问题",

  "colleagues.looking": "{names}也在看此对话",
  "colleagues.helping": "{names}正在协助",
  "colleagues.asked": "您的问题正在等待同事",

  "done.handed_off": "已转到{tier}。",
  "done.taken_back": "已收回，由您继续接待。",
  "done.transferred": "已转接。",
  "done.closed": "对话已结束。",
  "done.reopened": "对话已重新打开。",
  "done.joined": "您已介入对话。",
  "done.left": "您已退出介入。",
  "done.watched": "正在旁听，双方看不到您。",
  "done.unwatched": "已停止旁听。",
  "done.whispered": "已发出悄悄话。",
  "done.reassigned": "已改派。",
  "done.moved": "已调整排队顺序。",
  "done.set_offline": "已设为离线。",
  "done.asked": "已发出，同事会以备注回答。",
  "done.helping": "您正在协助。请写备注，用户看不到。",
  "done.stopped_helping": "已结束协助。",
  "done.macro": "已执行。",

  "refused.not_assigned": "这个对话已不由您接待，内容没有发出，已放回输入框。",
  "refused.closed": "对话已结束，内容没有发出，已放回输入框。",
  "refused.forbidden": "没有发出：内容索要敏感信息，或含有非官方链接。已放回输入框。",
  "refused.moved_on": "这个对话已不由您接待。",
  "refused.unreachable": "服务器没有回应，请重试。",
};
