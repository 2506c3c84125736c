// What can be chosen from where choices stand side by side.
import type { Code } from "@/api/types.gen";

/** A code of a list, or what else has a key and a name. */
export type Choice = Pick<Code, "code" | "zh" | "en"> & Partial<Pick<Code, "restricted">>;

/** So many stand side by side at most; more are a list that opens. */
export const SIDE_BY_SIDE_MAX = 12;

/** A choice whose name is in the language of the screen already. */
export const choiceOf = (code: string, name: string): Choice => ({ code, zh: name, en: name });
