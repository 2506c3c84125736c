// Limits of what the parts show.

/** Choices shown side by side; more than that open as a list. */
export const CHIPS_MAX = 20;
/** Choices of one code shown side by side. */
export const RADIOS_MAX = 9;
/** Rows asked for at a time by a list. */
export const WINDOW_ROWS = 100;
