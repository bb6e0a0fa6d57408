/** Drawings of the first screen. */
export const back = "M15 5l-7 7 7 7";
export const clock = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4.5V12l3 2";
export const down = "M6 10l6 6 6-6";
export const history = "M4 5v5h5M4.5 14.5A8 8 0 1 0 6 6.5L4 10M12 8v4.5l3 2";
export const more = "M4 12a1 1 0 1 0 2 0 1 1 0 0 0-2 0Zm7 0a1 1 0 1 0 2 0 1 1 0 0 0-2 0Zm7 0a1 1 0 1 0 2 0 1 1 0 0 0-2 0Z";
export const send = "M4 12 20 4l-5 16-3.5-6.5L4 12Zm7.5 1.5L20 4";
export const shield = "M12 3l7.5 3v5c0 5-3 8.5-7.5 10-4.5-1.5-7.5-5-7.5-10V6L12 3Zm-3.5 9 2.5 2.5 4.5-4.5";
