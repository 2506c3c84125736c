// Rows typed in bulk: the columns of a record, what each typed row would save, what is wrong with it, its draft.
import { computed, ref, shallowRef, watch } from "vue";

import { call } from "@/api/call";
import type { Field, Problem, RecordDefinition, SaveReply, SaveRequest } from "@/api/types.gen";
import type { Mark, SheetColumn } from "@/parts/sheet/SheetGrid.vue";
import { type Place, useSheet } from "@/parts/sheet/useSheet";
import { UNBROKEN_PX } from "@/parts/limits";
import { suggested } from "@/parts/useForm";
import { useTask } from "@/parts/useTask";
import { codesOf } from "@/state/definitions";
import { useLedger } from "@/state/ledger";
import { codeInWords, inWords, problemInWords } from "@/words";

/** Empty rows a sheet begins with. */
const ROWS = 30;
/** Typing pauses this long, ms, before the draft is kept and the rows are checked. */
const IDLE_MS = 700;
/** Rows checked at once: between them the window goes on. */
const CHECKED_AT_ONCE = 200;
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
  const problems = shallowRef<ReadonlyMap<number, Problem[]>>(new Map());
  /** What a row said when it was checked: only what was typed since is checked again. */
  const checked = new Map<number, string>();
  const draftName = `bulk/${record.record}`;
  let timer = 0;
  let checks = 0;

  const columns = computed<SheetColumn[]>(() =>
    fields.map((field) => {
      const choices = ["code", "codes", "yes_no"].includes(field.type) ? codesOf(field, {}).map(codeInWords) : [];
      const label = inWords(field.label);
      const px = Math.max(PX_MIN, label.length * CHAR_PX + 20, UNBROKEN_PX[field.type] ?? 0, (field.width_mm ?? 0) * PX_PER_MM);
      return { key: field.key, label, px: Math.min(PX_MAX, px), choices, otherwise: inText(field) };
    }),
  );

  /** What the form would say before anybody types, in words. */
  function inText(field: Field): string {
    const value = given[field.key];
    const code = codesOf(field, {}).find((each) => each.code === value);
    return code ? codeInWords(code) : field.type === "row" ? "" : String(value ?? "");
  }

  /** What saving would send for a row that somebody typed in. */
  function request(row: number): SaveRequest {
    const typed = fields.flatMap((field, column) => {
      const text = sheet.textAt({ row, column });
      return text === "" ? [] : [[field.key, field.type === "codes" ? text.split(/[、,，]/).filter(Boolean) : text] as const];
    });
    const owner = heads.value?.[row] && record.owner ? { [record.owner]: heads.value[row].id } : {};
    return { record: record.record, id: null, values: { ...given, ...Object.fromEntries(typed), ...owner }, seen: null, why: null };
  }

  async function check(): Promise<void> {
    checks += 1;
    const mine = checks;
    const said = new Map(sheet.filled.value.map((row) => [row, JSON.stringify(sheet.cells.value[row])]));
    for (const row of [...checked.keys()].filter((row) => !said.has(row))) checked.delete(row);
    const found = new Map([...problems.value].filter(([row]) => said.has(row)));
    // What is asked is what was said then: the rows may change between two parts.
    const fresh = [...said].filter(([row, text]) => checked.get(row) !== text).map(([row, text]) => ({ row, text, asked: request(row) }));
    for (let at = 0; at < fresh.length; at += CHECKED_AT_ONCE) {
      const part = fresh.slice(at, at + CHECKED_AT_ONCE);
      const told = await call("check_rows", part.map((each) => each.asked));
      if (mine !== checks) return;
      for (const [nth, { row, text }] of part.entries()) {
        found.set(row, told[nth] ?? []);
        checked.set(row, text);
      }
      problems.value = new Map(found);
    }
    problems.value = found;
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
    problems.value = new Map();
    checked.clear();
    sheet.reset(children?.length ?? ROWS);
  }

  function markOf({ row, column }: Place): Mark | undefined {
    const found = problems.value.get(row)?.filter((problem) => problem.field === fields[column]?.key) ?? [];
    const worst = found.find((problem) => problem.severity === "block") ?? found[0];
    return worst && { severity: worst.severity, text: problemInWords(worst) };
  }
  const isBlock = (problem: Problem) => problem.severity === "block";
  const blocked = computed(() => [...problems.value].flatMap(([row, found]) => found.filter(isBlock).map((problem) => ({ row, problem }))));
  const doubtful = computed(() => [...problems.value.values()].filter((found) => found.length > 0 && !found.every(isBlock)).length);
  const placeOf = (row: number, problem: Problem): Place => ({ row, column: Math.max(0, fields.findIndex((field) => field.key === problem.field)) });

  /** Saves all rows or none of them. */
  async function save(): Promise<SaveReply[] | undefined> {
    window.clearTimeout(timer);
    const saved = await run(async () => {
      await check();
      if (blocked.value.length > 0) return undefined;
      return call("save_rows", sheet.filled.value.map(request));
    });
    if (!saved) return undefined;
    window.clearTimeout(timer);
    await call("keep_draft", { form: draftName, value: null });
    await ledger.touched();
    return saved;
  }

  return { columns, sheet, heads, busy, failure, blocked, doubtful, markOf, placeOf, restore, about, save };
}
