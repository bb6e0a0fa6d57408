/** Drawings that stand in every conversation. */
export const attach = "M19.5 11.5l-7.6 7.6a5 5 0 0 1-7.1-7.1l8-8a3.3 3.3 0 0 1 4.7 4.7l-8 8a1.7 1.7 0 0 1-2.4-2.4l7.3-7.3";
export const camera = "M4 8h3.5l1.5-2.5h6L16.5 8H20v11H4V8Zm8 2a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7Z";
export const check = "M5 12.5l4.5 4.5L19 7.5";
export const checks = "M2 12.5l4.5 4.5L16 7.5M12 16l1 1 9.5-9.5";
export const close = "M6 6l12 12M18 6 6 18";
export const reply = "M9 6 4 11l5 5M4 11h10a6 6 0 0 1 6 6v1";
