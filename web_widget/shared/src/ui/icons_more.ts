/** Drawings that only some parts show. */
export const bell = "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15L6 16Zm4 4.5a2.2 2.2 0 0 0 4 0";
export const chat = "M4 5h16v11H10l-4 4v-4H4z";
export const globe = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-9 9h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18";
export const info = "M12 11v6m0-9.5v.01M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Z";
export const mail = "M3.5 5.5h17v13h-17v-13Zm0 1 8.5 6.5 8.5-6.5";
export const next = "M9 5l7 7-7 7";
export const phone = "M5 4h4l1.5 5-2.5 1.5a12 12 0 0 0 5.5 5.5L15 13.5l5 1.5v4a1.5 1.5 0 0 1-1.5 1.5A15 15 0 0 1 3.5 5.5 1.5 1.5 0 0 1 5 4Z";
export const retry = "M19 5v5h-5M19 10a7.5 7.5 0 1 0 .5 4";
export const sound = "M4 10v4h4l5 4V6L8 10H4Zm12-1a4 4 0 0 1 0 6m2.5-8.5a7.5 7.5 0 0 1 0 11";
export const star = "M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1 5.9L12 16.9l-5.2 2.8 1-5.9-4.3-4.1 5.9-.8z";
export const up = "M6 14l6-6 6 6";
export const warn = "M12 4 2.5 20h19L12 4Zm0 6v5m0 2.5v.01";
