// Limits of what the parts show.
import type { FieldType } from "@/api/types.gen";

/** Choices shown side by side; more than that open as a list. */
export const CHIPS_MAX = 20;
/** Choices of one code shown side by side, and the characters all of them may have together; else they open as a list. */
export const RADIOS_MAX = 8;
export const RADIOS_CHARS_MAX = 48;
/** Rows asked for at a time by a list. */
export const WINDOW_ROWS = 100;
/** Characters of all choices together beyond which they take the whole width of a form. */
export const WIDE_CHARS = 14;
/** Widths of values that mean nothing in part, px. */
export const UNBROKEN_PX: Partial<Record<FieldType, number>> = { date: 108, month: 88, phone: 126, id_number: 200, student_code: 210, school_code: 120 };
