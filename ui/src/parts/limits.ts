// Limits of what the parts show.

/** Choices shown side by side; more than that open as a list. */
export const CHIPS_MAX = 20;
/** Choices of one code shown side by side, and the characters all of them may have together; else they open as a list. */
export const RADIOS_MAX = 8;
export const RADIOS_CHARS_MAX = 48;
/** Rows asked for at a time by a list. */
export const WINDOW_ROWS = 100;
/** Characters of all choices together beyond which they take the whole width of a form. */
export const WIDE_CHARS = 14;
