// Rows typed in bulk: the columns of a record, what each typed row would save, what is wrong with it, its draft.
import { computed, ref, watch } from "vue";

import { call } from "@/api/call";
import type { Field, Problem, RecordDefinition, SaveReply, SaveRequest } from "@/api/types.gen";
import type { Mark, SheetColumn } from "@/parts/sheet/SheetGrid.vue";
import { type Place, useSheet } from "@/parts/sheet/useSheet";
import { suggested } from "@/parts/useForm";
import { useTask } from "@/parts/useTask";
import { codesOf } from "@/state/definitions";
import { useLedger } from "@/state/ledger";
import { codeInWords, inWords, problemInWords } from "@/words";

/** Empty rows a sheet begins with. */
const ROWS = 30;
/** Typing pauses this long, ms, before the draft is kept and the rows are checked. */
const IDLE_MS = 700;
const PX_PER_MM = 4.4;
const PX_MIN = 104;
const PX_MAX = 300;
const CHAR_PX = 17;

/** A child that a row is about. */
export interface Head {
  id: string;
  name: string;
}

/** Fields that are typed in a sheet: those of folded groups come last, files and references stay for the form. */
function fieldsOf(record: RecordDefinition): Field[] {
  const folded = new Set(record.groups.filter((group) => group.folded).map((group) => group.key));
  const typed = record.fields.filter((field) => !field.kept && !field.hidden && field.type !== "file" && (field.type !== "row" || field.to === "organisation"));
  const isFolded = (field: Field) => Number(folded.has(field.group ?? ""));
  return typed.sort((a, b) => isFolded(a) - isFolded(b));
}

export function useBulk(record: RecordDefinition) {
  const ledger = useLedger();
  const { busy, failure, run } = useTask();
  const fields = fieldsOf(record);
  const given = suggested({ record: record.record });
  const heads = ref<Head[]>();
  const sheet = useSheet(fields.length, ROWS);
  const problems = ref<Record<number, Problem[]>>({});
  const draftName = `bulk/${record.record}`;
  let timer = 0;
  let checks = 0;

  const columns = computed<SheetColumn[]>(() =>
    fields.map((field) => {
      const choices = ["code", "codes", "yes_no"].includes(field.type) ? codesOf(field, {}).map(codeInWords) : [];
      const label = inWords(field.label);
      const px = Math.max(PX_MIN, label.length * CHAR_PX + 20, (field.width_mm ?? 0) * PX_PER_MM);
      return { key: field.key, label, px: Math.min(PX_MAX, px), choices, otherwise: inText(field) };
    }),
  );

  /** What the form would say before anybody types, in words. */
  function inText(field: Field): string {
    const value = given[field.key];
    const code = codesOf(field, {}).find((each) => each.code === value);
    return code ? codeInWords(code) : field.type === "row" ? "" : String(value ?? "");
  }

  /** What saving would send for the rows that somebody typed in. */
  function requests(): { row: number; request: SaveRequest }[] {
    return sheet.filled.value.map((row) => {
      const typed = fields.flatMap((field, column) => {
        const text = sheet.textAt({ row, column });
        return text === "" ? [] : [[field.key, field.type === "codes" ? text.split(/[、,，]/).filter(Boolean) : text] as const];
      });
      const owner = heads.value?.[row] && record.owner ? { [record.owner]: heads.value[row].id } : {};
      return { row, request: { record: record.record, id: null, values: { ...given, ...Object.fromEntries(typed), ...owner }, seen: null, why: null } };
    });
  }

  async function check(): Promise<void> {
    checks += 1;
    const mine = checks;
    const asked = requests();
    const found = await call("check_rows", asked.map(({ request }) => request));
    if (mine === checks) problems.value = Object.fromEntries(asked.map(({ row }, at) => [row, found[at] ?? []]));
  }

  const draft = () => (heads.value || sheet.filled.value.length === 0 ? null : JSON.stringify(sheet.cells.value.slice(0, (sheet.filled.value.at(-1) ?? 0) + 1)));

  async function idle(): Promise<void> {
    await Promise.all([check(), call("keep_draft", { form: draftName, value: draft() })]);
  }

  watch(sheet.cells, () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void idle(), IDLE_MS);
  });

  /** The rows of last time, if they were not saved. */
  async function restore(): Promise<boolean> {
    const kept = await call("draft", draftName);
    if (!kept) return false;
    const rows = (JSON.parse(kept) as string[][]).map((row) => fields.map((_, column) => row[column] ?? ""));
    sheet.reset([...rows, ...Array.from({ length: ROWS }, () => fields.map(() => ""))]);
    return true;
  }

  /** A row for each of these children. */
  function about(children: Head[] | undefined): void {
    heads.value = children;
    problems.value = {};
    sheet.reset(children?.length ?? ROWS);
  }

  const marks = computed(() => {
    const byCell = new Map<string, Mark>();
    for (const [row, found] of Object.entries(problems.value)) {
      for (const problem of found) {
        const key = `${row}:${fields.findIndex((field) => field.key === problem.field)}`;
        const known = byCell.get(key);
        if (known?.severity === "block") continue;
        byCell.set(key, { severity: problem.severity, text: problemInWords(problem) });
      }
    }
    return byCell;
  });
  const markOf = ({ row, column }: Place): Mark | undefined => marks.value.get(`${row}:${column}`);
  const blocked = computed(() => Object.entries(problems.value).flatMap(([row, found]) => found.filter((problem) => problem.severity === "block").map((problem) => ({ row: Number(row), problem }))));
  const doubtful = computed(() => Object.values(problems.value).filter((found) => found.some((problem) => problem.severity !== "block")).length);
  const placeOf = (row: number, problem: Problem): Place => ({ row, column: Math.max(0, fields.findIndex((field) => field.key === problem.field)) });

  /** Saves all rows or none of them. */
  async function save(): Promise<SaveReply[] | undefined> {
    window.clearTimeout(timer);
    const saved = await run(async () => {
      await check();
      if (blocked.value.length > 0) return undefined;
      return call("save_rows", requests().map(({ request }) => request));
    });
    if (!saved) return undefined;
    window.clearTimeout(timer);
    await call("keep_draft", { form: draftName, value: null });
    await ledger.touched();
    return saved;
  }

  return { columns, sheet, heads, busy, failure, blocked, doubtful, markOf, placeOf, restore, about, save };
}
