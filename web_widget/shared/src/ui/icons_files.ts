/** Drawings of files. */
export const download = "M12 4v11m-4.5-4L12 15.5 16.5 11M5 20h14";
export const file = "M6 3h8l4 4v14H6V3Zm8 0v4h4M9 12h6M9 16h6";
export const picture = "M4 5h16v14H4V5Zm0 11 4.5-4.5 4 4 2.5-2.5L20 17M15.5 9h.01";
