// One report of one period: which, of when, its numbers, and one step back or on.
import { computed, ref, watch } from "vue";
import { useRoute } from "vue-router";

import { call } from "@/api/call";
import type { PeriodKind } from "@/api/types.gen";
import { useLive } from "@/parts/useLive";
import { useLedger } from "@/state/ledger";
import { monthAfter } from "@/words/days";

/** Months from one period to the next. */
const MONTHS: Record<PeriodKind, number> = { month: 1, term: 6, half_year: 6, school_year: 12 };

export function useReport() {
  const ledger = useLedger();
  const route = useRoute();
  const today = ledger.info?.today ?? "";
  const name = ref(String(route.query.report ?? sessionStorage.getItem("report") ?? ""));
  const on = ref(String(route.query.on ?? today));

  const { value: reports, failure: unlisted } = useLive(() => call("reports", null));
  const chosen = computed(() => reports.value?.find((report) => report.report === name.value) ?? reports.value?.[0]);
  const request = computed(() => ({ report: chosen.value?.report ?? "", on: on.value }));
  const { value: reply, failure, refresh } = useLive(
    async () => (request.value.report ? call("report", request.value) : undefined),
    () => request.value,
  );

  watch(name, (report) => sessionStorage.setItem("report", report));

  /** The middle of the period before or after: whatever day it begins on. */
  function step(by: -1 | 1): void {
    const months = MONTHS[chosen.value?.period ?? "month"] * by;
    const day = `${monthAfter(on.value.slice(0, 7), months)}-15`;
    on.value = day > today ? today : day;
  }

  const canGoOn = computed(() => reply.value !== undefined && reply.value.last < today);
  return { reports, chosen, name, request, reply, failure: computed(() => failure.value ?? unlisted.value), refresh, step, canGoOn };
}
