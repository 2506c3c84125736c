// A form of one row: what is typed, what is wrong with it, its draft. Holds no rule and no sentence.
import { computed, onBeforeUnmount, reactive, ref } from "vue";

import { call } from "@/api/call";
import type { Problem, RowReply, SaveReply } from "@/api/types.gen";
import { type Values, recordOf } from "@/state/definitions";
import { useLedger } from "@/state/ledger";

import { useTask } from "./useTask";

/** Typing pauses this long, ms, before the draft is kept and the form is checked. */
const IDLE_MS = 500;

export interface FormTarget {
  record: string;
  /** The row changed; a new one when absent. */
  id?: string;
  /** What a new row is known to hold. */
  given?: Values;
  /** How a new row is saved, where it begins more than itself. */
  begin?: (values: Values) => Promise<SaveReply>;
}

export function useForm(target: FormTarget) {
  const ledger = useLedger();
  const { busy, failure, run } = useTask();
  const values = reactive<Values>({});
  const opened = ref<RowReply>();
  const ready = ref(false);
  const restored = ref(false);
  const problems = ref<Problem[]>([]);
  const touched = reactive(new Set<string>());
  const asked = ref(false);
  /** Why a row is changed; a move back needs it, anything else may leave it empty. */
  const why = ref("");
  const draftName = ["form", target.record, target.id ?? "new", ...Object.values(target.given ?? {})].join("/");
  let start: Values = {};
  let timer = 0;
  let checks = 0;

  /** What is wrong, beside the fields it is about: everything once saving was tried, before that where something was typed. */
  const shown = computed(() => {
    const visible = problems.value.filter((problem) => asked.value || touched.has(problem.field));
    const byField: Record<string, Problem[]> = {};
    for (const problem of visible) (byField[problem.field] ??= []).push(problem);
    return byField;
  });

  /** What saving would send: for a row that exists only what is different. */
  function typed(): Values {
    const keys = Object.keys(values).filter((key) => !same(values[key], start[key]));
    const changed = Object.fromEntries(keys.map((key) => [key, values[key]]));
    if (target.id) return changed;
    return Object.fromEntries(Object.entries(values).filter(([, value]) => !isEmpty(value)));
  }

  const request = () => ({
    record: target.record,
    id: target.id ?? null,
    values: typed(),
    seen: opened.value?.seen ?? null,
    why: why.value.trim() || null,
  });

  async function load(): Promise<void> {
    await run(async () => {
      if (target.id) opened.value = await call("open_row", { record: target.record, id: target.id });
      start = opened.value ? { ...opened.value.values } : suggested(target);
      Object.assign(values, start);
      const draft = await call("draft", draftName);
      if (draft) {
        Object.assign(values, JSON.parse(draft) as Values);
        restored.value = true;
      }
      ready.value = true;
    });
  }

  function set(key: string, value: unknown): void {
    values[key] = value;
    touched.add(key);
    window.clearTimeout(timer);
    timer = window.setTimeout(() => void idle(), IDLE_MS);
  }

  async function idle(): Promise<void> {
    await Promise.all([keepDraft(), check()]);
  }

  async function keepDraft(): Promise<void> {
    timer = 0;
    const changed = Object.fromEntries(Object.entries(values).filter(([key, value]) => !same(value, start[key])));
    const value = Object.keys(changed).length > 0 ? JSON.stringify(changed) : null;
    await call("keep_draft", { form: draftName, value });
  }

  async function check(): Promise<void> {
    checks += 1;
    const mine = checks;
    const found = await call("check_row", request());
    if (mine === checks) problems.value = found;
  }

  async function forgetDraft(): Promise<void> {
    window.clearTimeout(timer);
    timer = 0;
    await call("keep_draft", { form: draftName, value: null });
  }

  /** Goes back to what the form showed at first. */
  async function discard(): Promise<void> {
    await forgetDraft();
    for (const key of Object.keys(values)) delete values[key];
    Object.assign(values, start);
    [restored.value, asked.value, problems.value] = [false, false, []];
    touched.clear();
  }

  /** The saved row; nothing when it was refused: what was typed stays. */
  async function save(): Promise<SaveReply | undefined> {
    checks += 1;
    const begin = target.id ? undefined : target.begin;
    const saved = await run(() => (begin ? begin(typed()) : call("save_row", request())));
    asked.value = true;
    problems.value = saved ? saved.problems : (failure.value?.fields ?? problems.value);
    if (!saved) return undefined;
    await forgetDraft();
    await ledger.touched();
    return saved;
  }

  onBeforeUnmount(() => {
    if (timer === 0) return;
    window.clearTimeout(timer);
    if (ledger.isOpen) void keepDraft();
  });

  return { values, opened, ready, restored, shown, why, busy, failure, load, set, save, discard };
}

/** What a new form says before anybody types. */
export function suggested(target: FormTarget): Values {
  const info = useLedger().info;
  const fields = recordOf(target.record)?.fields ?? [];
  const known: Values = {
    "@today": info?.today,
    "@me": info?.person,
    "@school_year": info?.school_year,
    "@term": info?.term,
    "@organisation": info?.organisation,
  };
  const meant = fields.filter((field) => !field.kept).map((field) => [field.key, field.suggest ?? field.default] as const);
  const said = meant.map(([key, text]) => [key, known[text ?? ""] ?? text] as const);
  return { ...Object.fromEntries(said.filter(([, text]) => text)), ...target.given };
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function same(one: unknown, other: unknown): boolean {
  if (isEmpty(one) && isEmpty(other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) return [...one].sort().join("\n") === [...other].sort().join("\n");
  return String(one) === String(other);
}
