// One thing at a time: whether it is running and what went wrong with it.
import { ref } from "vue";

import { toFailure } from "@/api/call";
import type { Failure } from "@/api/types.gen";

/** Runs acts one after another of a page, keeping the last failure. */
export function useTask() {
  const busy = ref(false);
  const failure = ref<Failure>();

  /** The act's answer; nothing when it failed or another one is running. */
  async function run<T>(act: () => Promise<T>): Promise<T | undefined> {
    if (busy.value) return undefined;
    busy.value = true;
    failure.value = undefined;
    try {
      return await act();
    } catch (thrown) {
      failure.value = toFailure(thrown);
      return undefined;
    } finally {
      busy.value = false;
    }
  }

  return { busy, failure, run };
}
