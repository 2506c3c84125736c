// The rows of a list that are on screen, asked for in windows; what was asked for under older filters is dropped.
import { reactive, ref, shallowRef, watch } from "vue";

import { call, toFailure } from "@/api/call";
import type { Failure, ListRow } from "@/api/types.gen";
import { useLedger } from "@/state/ledger";

import { WINDOW_ROWS } from "./limits";

export interface ListQuestion {
  form: string;
  filters: Record<string, string | null>;
  order: string[];
}

export function useListWindow(question: () => ListQuestion) {
  const ledger = useLedger();
  const windows = reactive(new Map<number, ListRow[]>());
  const asked = new Set<number>();
  /** The rows the list begins with; while they are asked for anew, those from before. */
  const first = shallowRef<ListRow[]>([]);
  const total = ref(0);
  const ready = ref(false);
  const failure = ref<Failure>();
  let generation = 0;

  async function fetchWindow(number: number): Promise<void> {
    if (asked.has(number)) return;
    asked.add(number);
    const mine = generation;
    try {
      const reply = await call("list", { ...question(), offset: number * WINDOW_ROWS, limit: WINDOW_ROWS });
      if (mine !== generation) return;
      total.value = reply.total;
      windows.set(number, reply.rows);
      if (number === 0) first.value = reply.rows;
      [ready.value, failure.value] = [true, undefined];
    } catch (thrown) {
      if (mine === generation) failure.value = toFailure(thrown);
    }
  }

  /** Makes sure that the rows from one to another are there, or on their way. */
  function need(from: number, to: number): void {
    for (let number = Math.floor(from / WINDOW_ROWS); number <= Math.floor(to / WINDOW_ROWS); number += 1) void fetchWindow(number);
  }

  const rowAt = (index: number): ListRow | undefined => windows.get(Math.floor(index / WINDOW_ROWS))?.[index % WINDOW_ROWS];

  watch(
    [() => ledger.version, question],
    () => {
      generation += 1;
      asked.clear();
      windows.clear();
      need(0, 0);
    },
    { immediate: true, deep: true },
  );

  return { total, ready, failure, first, need, rowAt };
}
