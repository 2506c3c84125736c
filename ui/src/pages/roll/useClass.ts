// The class whose roll or check is on screen: the one asked for, the one seen last, else the first.
import { computed, ref, watch } from "vue";
import { useRoute } from "vue-router";

import { call } from "@/api/call";
import type { ClassLine } from "@/api/types.gen";
import { useLive } from "@/parts/useLive";

/** A class that has a grade: one without cannot be called. */
export type GradedClass = ClassLine & { grade: string };

export function useClass() {
  const route = useRoute();
  const { value: all, failure } = useLive(() => call("classes", null));
  const label = ref(String(route.query.class ?? sessionStorage.getItem("class") ?? ""));
  const classes = computed<GradedClass[]>(() => (all.value ?? []).filter((line): line is GradedClass => line.grade !== null));
  const chosen = computed<GradedClass | undefined>(() => classes.value.find((line) => line.label === label.value) ?? classes.value[0]);
  const none = computed(() => all.value !== undefined && classes.value.length === 0);

  watch(label, (name) => sessionStorage.setItem("class", name));

  return { classes, chosen, label, none, failure };
}
