import type { ErrorsKey } from "./errors_en.ts";

/** What is told of refusals, in Chinese. */
export const errors: Record<ErrorsKey, string> = {
  "error.invalid": "内容有误，请检查后再试",
  "error.unauthenticated": "登录已失效，请重新登录",
  "error.file": "文件未通过检查，请换一个文件，或改发截图",
  "error.forbidden": "当前身份无法进行此操作",
  "error.not_found": "没有找到，可能已被移走",
  "error.conflict": "情况有变，请看一下最新状态再操作",
  "error.closed": "对话已结束，请开始新的对话",
  "error.too_large": "内容太长，请分几次发送",
  "error.upgrade_required": "页面版本已更新，请刷新后继续",
  "error.rate_limited": "操作有点快，请稍等片刻再试",
  "error.storage": "暂时没能保存，正在自动重试",
  "error.retry": "网络有点慢，正在自动重试",
};
