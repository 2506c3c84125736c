// 未返校: what each outcome asks for so that its next step can be taken, and the paper that the step needs.
import type { Values } from "@/state/definitions";
import { formOf } from "@/state/definitions";
import { dayAfter } from "@/words/days";

/** Days within which an outcome is to be settled, as proposed. */
const DAYS_TO_SETTLE = 7;

interface Outcome {
  /** Fields of `return_outcome`, in the order in which they are asked for. */
  asks: string[];
  /** Code of `procedure_kind`: the papers that are due. */
  procedure?: string;
}

/** The four outcomes of the notice, by code of `whereabouts`. */
export const OUTCOMES: Record<string, Outcome> = {
  school_elsewhere: { asks: ["place", "school", "verify_way", "duty_person", "due_on"], procedure: "link" },
  transferring: { asks: ["school", "procedure_state", "verify_way", "duty_person", "due_on"], procedure: "transfer" },
  absent: { asks: ["reason", "verify_way", "duty_person", "due_on"], procedure: "case" },
  unknown: { asks: ["reason", "verify_way", "duty_person", "due_on"], procedure: "case" },
};

const OTHERWISE: Outcome = { asks: ["reason", "verify_way", "procedure", "procedure_state", "duty_person", "due_on"] };

export const outcomeOf = (whereabouts: unknown): Outcome => OUTCOMES[String(whereabouts ?? "")] ?? OTHERWISE;

/** What an outcome says before anybody types. */
export function begun(whereabouts: string, person: string, today: string): Values {
  return { whereabouts, procedure: outcomeOf(whereabouts).procedure ?? null, duty_person: person, due_on: dayAfter(today, DAYS_TO_SETTLE) };
}

/** Where a paper about a child is written, and then printed: what its form is for is known already. */
export function paperWay(form: string, student: string): { path: string; query: Record<string, string> } {
  const definition = formOf(form);
  const where = Object.entries(definition?.where ?? {}).map(([key, values]) => [key, [values].flat().map(String)[0] ?? ""]);
  return { path: `/new/${definition?.record ?? "letter"}`, query: { student, ...Object.fromEntries(where) } };
}
