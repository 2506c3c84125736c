// A class's check of one term: the children, who is not back and what is known of each, the rounds made before.
import { type Ref, computed, ref, watch } from "vue";

import { call } from "@/api/call";
import type { CheckReply, RollChild } from "@/api/types.gen";
import { useLive } from "@/parts/useLive";
import { useTask } from "@/parts/useTask";
import type { Values } from "@/state/definitions";
import { useLedger } from "@/state/ledger";

import type { GradedClass } from "./useClass";

/** Checks of one class looked at: those of a term are fewer. */
const CHECKS_MAX = 10;
/** Fields of an outcome that the check itself fills. */
const KEPT = ["student", "school_year", "term", "check", "case"];

/** A round made before. */
export interface MadeCheck {
  id: string;
  round: string;
  on: string;
  expected: number;
  arrived: number;
}

interface Read {
  children: RollChild[];
  checks: MadeCheck[];
  away: Record<string, Values>;
}

export function useReturnCheck(chosen: Ref<GradedClass | undefined>) {
  const ledger = useLedger();
  const { busy, failure, run } = useTask();
  const away = ref<Record<string, Values>>({});
  const round = ref("auto");
  const reply = ref<CheckReply>();
  /** What a save brought, until the rounds are read anew: both show at once, and nothing moves below the mouse. */
  let brought: CheckReply | undefined;

  const ofClass = () => ({ grade: chosen.value?.grade ?? "", class: chosen.value?.class ?? null });

  async function read(): Promise<Read | undefined> {
    if (!chosen.value) return undefined;
    const { children } = await call("class_roll", { ...ofClass(), days: [], missing: [], taken_by: null });
    const { checks, outcomes } = await term();
    const here = new Set(children.map((child) => child.student));
    const open = outcomes.filter((values) => values.result !== "back" && here.has(String(values.student)));
    return { children, checks, away: Object.fromEntries(open.map((values) => [String(values.student), asked(values)])) };
  }

  /** The checks of the newest term, and what they say of children. */
  async function term(): Promise<{ checks: MadeCheck[]; outcomes: Values[] }> {
    const { rows } = await call("list", { form: "return_checks", filters: ofClass(), order: [], offset: 0, limit: CHECKS_MAX });
    const all = await Promise.all(rows.map(({ id }) => call("open_row", { record: "return_check", id })));
    const [newest] = all;
    const same = all.filter((check) => ["school_year", "term"].every((key) => check.values[key] === newest?.values[key]));
    const families = await Promise.all(same.map(({ id }) => call("family", id)));
    const ids = families.flat().filter((family) => family.record === "return_outcome").flatMap((family) => family.rows.map((row) => row.id));
    const outcomes = await Promise.all([...new Set(ids)].map((id) => call("open_row", { record: "return_outcome", id })));
    const checks = same.map(({ id, values, shown }) => ({
      id,
      round: shown.round ?? "",
      on: String(values.on ?? ""),
      expected: Number(values.expected ?? 0),
      arrived: Number(values.arrived ?? 0),
    }));
    return { checks, outcomes: outcomes.map((row) => row.values) };
  }

  const { value, failure: unread } = useLive(read, () => chosen.value?.label);
  watch(value, (found) => {
    away.value = found?.away ?? {};
    if (brought) [reply.value, brought] = [brought, undefined];
  });
  watch(
    () => chosen.value?.label,
    () => ([reply.value, brought] = [undefined, undefined]),
  );

  function toggle(student: string): void {
    const { [student]: known, ...others } = away.value;
    away.value = known ? others : { ...away.value, [student]: { duty_person: ledger.info?.person ?? "" } };
  }

  async function save(): Promise<CheckReply | undefined> {
    const missing = Object.entries(away.value).map(([student, values]) => ({ student, values }));
    const made = await run(() => call("check_return", { ...ofClass(), round: round.value === "auto" ? null : round.value, on: null, missing }));
    if (made) {
      brought = made;
      await ledger.touched();
    }
    return made;
  }

  const children = computed(() => value.value?.children ?? []);
  const checks = computed(() => value.value?.checks ?? []);
  return { children, checks, away, round, reply, busy, failure: computed(() => failure.value ?? unread.value), toggle, save };
}

function asked(values: Values): Values {
  return Object.fromEntries(Object.entries(values).filter(([key, value]) => !KEPT.includes(key) && value !== null && value !== ""));
}
