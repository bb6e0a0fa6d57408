/**
 * Line drawings on a square of 24, each by itself so that a page carries only those it shows:
 * `import * as icons from "@chatserver/shared/ui/icons"`, then `<Icon path={icons.send} />`.
 */
export const attach = "M19.5 11.5l-7.6 7.6a5 5 0 0 1-7.1-7.1l8-8a3.3 3.3 0 0 1 4.7 4.7l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.3-7.3";
export const back = "M15 5l-7 7 7 7";
export const bell = "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15L6 16Zm4 4.5a2.2 2.2 0 0 0 4 0";
export const camera = "M4 8h3.5l1.5-2.5h6L16.5 8H20v11H4V8Zm8 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z";
export const chat = "M4 5h16v11H10l-4 4v-4H4z";
export const check = "M5 12.5l4.5 4.5L19 7.5";
export const checks = "M2 12.5l4.5 4.5L16 7.5M12 16l1 1 9.5-9.5";
export const clock = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.5V12l3 2";
export const close = "M6 6l12 12M18 6 6 18";
export const down = "M6 10l6 6 6-6";
export const download = "M12 4v11m-4.5-4L12 15.5 16.5 11M5 20h14";
export const file = "M6 3h8l4 4v14H6V3Zm8 0v4h4M9 12h6M9 16h6";
export const globe = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-9 9h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18";
export const history = "M4 5v5h5M4.5 14.5A8 8 0 1 0 6 6.5L4 10M12 8v4.5l3 2";
export const info = "M12 11v6m0-9.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";
export const mail = "M3.5 5.5h17v13h-17v-13Zm0 1 8.5 6.5 8.5-6.5";
export const more = "M4 12a1 1 0 1 0 2 0 1 1 0 0 0-2 0Zm7 0a1 1 0 1 0 2 0 1 1 0 0 0-2 0Zm7 0a1 1 0 1 0 2 0 1 1 0 0 0-2 0Z";
export const next = "M9 5l7 7-7 7";
export const phone = "M5 4h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L15 13.5l5 1.5v4a1.5 1.5 0 0 1-1.5 1.5A15 15 0 0 1 3.5 5.5 1.5 1.5 0 0 1 5 4Z";
export const picture = "M4 5h16v14H4V5Zm0 11 4.5-4.5 4 4 2.5-2.5L20 17M15.5 9h.01";
export const reply = "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1";
export const retry = "M19 5v5h-5M19 10a7.5 7.5 0 1 0 .5 4";
export const send = "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4";
export const shield = "M12 3l7.5 3v5c0 5-3 8.5-7.5 10-4.5-1.5-7.5-5-7.5-10V6L12 3Zm-3.5 9 2.5 2.5 4.5-4.5";
export const sound = "M4 10v4h4l5 4V6L8 10H4Zm12-1a4 4 0 0 1 0 6m2.5-8.5a7.5 7.5 0 0 1 0 11";
export const star = "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z";
export const up = "M6 14l6-6 6 6";
export const warn = "M12 4 2.5 20h19L12 4Zm0 6v5m0 2.5v.01";
