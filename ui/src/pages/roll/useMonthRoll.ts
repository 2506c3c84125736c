// A class's month: which days have lessons and were taken, who was missing on which, and what is to be written.
import { type Ref, computed, ref, watch } from "vue";

import { call } from "@/api/call";
import type { MonthRoll, RollChild, RollReply } from "@/api/types.gen";
import { useLive } from "@/parts/useLive";
import { useTask } from "@/parts/useTask";
import { useLedger } from "@/state/ledger";
import { monthAfter } from "@/words/days";

import type { GradedClass } from "./useClass";

/** The marks of a paper roll, in the order in which a click goes through them: codes of `absence_kind`. */
export const MARKS = { unexplained: true, sick: true, personal: true, lesson_home: true, late: true, other: true };

/** A school day of the month. */
export interface RollDay {
  on: string;
  taken: boolean;
  /** Not on the paper roll either: it stays untaken. */
  skipped: boolean;
  /** Child → code of the kind of absence. */
  away: Record<string, string>;
  /** As it was read. */
  before: string;
}

export function useMonthRoll(chosen: Ref<GradedClass | undefined>, first: string) {
  const ledger = useLedger();
  const { busy, failure, run } = useTask();
  const month = ref(first.slice(0, 7));
  const days = ref<RollDay[]>([]);

  const request = (on: string[]) => ({ grade: chosen.value?.grade ?? "", class: chosen.value?.class ?? null, days: on, missing: [], taken_by: null });

  const { value: roll, failure: unread } = useLive(
    async (): Promise<MonthRoll | undefined> => (chosen.value ? call("month_roll", { grade: chosen.value.grade, class: chosen.value.class, month: month.value }) : undefined),
    () => [chosen.value?.label, month.value],
  );
  const children = computed<RollChild[]>(() => roll.value?.children ?? []);

  watch(roll, (read) => {
    days.value = (read?.days ?? []).map(({ on, taken, away }) => ({ on, taken, skipped: false, away: { ...away }, before: JSON.stringify(away) }));
  });

  /** Days to be written: not yet taken, or changed here. */
  const open = computed(() => days.value.filter((day) => !day.skipped && (!day.taken || JSON.stringify(day.away) !== day.before)));
  const toTake = computed(() => open.value.length);
  const missed = computed(() => days.value.reduce((sum, day) => sum + Object.keys(day.away).length, 0));

  function mark(day: RollDay, student: string): void {
    const kinds = [undefined, ...Object.keys(MARKS)];
    const next = kinds[(kinds.indexOf(day.away[student]) + 1) % kinds.length];
    const { [student]: _old, ...others } = day.away;
    day.away = next ? { ...others, [student]: next } : others;
  }

  function skip(day: RollDay): void {
    day.skipped = !day.skipped;
    if (day.skipped) day.away = {};
  }

  async function save(): Promise<RollReply | undefined> {
    const missing = open.value.flatMap((day) =>
      Object.entries(day.away).map(([student, kind]) => ({ student, on: day.on, kind, part: null, reason: null })),
    );
    return run(() => call("take_roll", { ...request(open.value.map((day) => day.on)), missing, taken_by: ledger.info?.person ?? null }));
  }

  const step = (by: -1 | 1) => (month.value = monthAfter(month.value, by));

  return { month, days, children, busy, failure: computed(() => failure.value ?? unread.value), toTake, missed, mark, skip, save, step };
}
