// Where each duty is done: the form to fill, the page to act on. Nothing that is due leads nowhere.
import type { Duty, DutyLine } from "@/api/types.gen";

/** What the button of a line says, and where it leads. */
export interface Way {
  /** A key below `duties.do`. */
  word: string;
  path: string;
  query?: Record<string, string>;
}

export function wayOf(line: DutyLine): Way {
  const ways: Record<Duty, () => Way> = {
    explain: () => about(line, "phone_call", "explain"),
    contact: () => about(line, "phone_call", "contact"),
    visit: () => about(line, "home_visit", "visit"),
    term_alarm: () => about(line, "home_visit", "visit"),
    // The day the child left is on the roll: the engine takes it from there.
    suspect: () => about(line, "dropout_case", "suspect"),
    report: () => ofCase(line, "written_report", "report"),
    decide: () => row(line, "decide"),
    persuade: () => ofCase(line, "persuasion", "persuade"),
    close: () => row(line, "close"),
    return_check: () => ({ word: "check", path: "/roll/returns", query: { class: line.class } }),
    close_list: () => ({ word: "list", path: "/registers/not_returned" }),
    month_report: () => ({ word: "fill", path: "/numbers/reports", query: { report: "month", on: line.due.from } }),
    census: () => ({ word: "fill", path: "/numbers/reports", query: { report: "term_changes", on: line.due.due_on } }),
    take_roll: () => ({ word: "roll", path: "/roll/month", query: { class: line.class, on: line.due.from } }),
    suspension_ends: () => row(line, "open"),
    deferral_ends: () => row(line, "open"),
    transfer: () => row(line, "open"),
    rectify: () => row(line, "open"),
    agreed: () => row(line, "open"),
  };
  return ways[line.due.duty]();
}

/** A new row about the child. */
function about(line: DutyLine, record: string, word: string): Way {
  return { word, path: `/new/${record}`, query: { student: line.student ?? "" } };
}

/** A new row of the case; before there is one, the case itself is begun. */
function ofCase(line: DutyLine, record: string, word: string): Way {
  if (line.row?.[0] !== "dropout_case") return about(line, "dropout_case", "suspect");
  return { word, path: `/new/${record}`, query: { case: line.row[1] } };
}

function row(line: DutyLine, word: string): Way {
  if (line.row) return { word, path: `/row/${line.row[0]}/${line.row[1]}` };
  return line.student ? { word: "open", path: `/row/student/${line.student}` } : { word: "open", path: "/registers" };
}
