// Something read from the ledger, read again whenever something was written or what is asked for changes.
import { type Ref, ref, shallowRef, watch } from "vue";

import { toFailure } from "@/api/call";
import type { Failure } from "@/api/types.gen";
import { useLedger } from "@/state/ledger";

/** Keeps the newest answer of `read`; answers that come late, after a newer question, are dropped. */
export function useLive<T>(read: () => Promise<T>, watched: () => unknown = () => null) {
  const ledger = useLedger();
  const value: Ref<T | undefined> = shallowRef();
  const failure = ref<Failure>();
  let asked = 0;

  async function refresh(): Promise<void> {
    asked += 1;
    const mine = asked;
    try {
      const answer = await read();
      if (mine === asked) [value.value, failure.value] = [answer, undefined];
    } catch (thrown) {
      if (mine === asked) failure.value = toFailure(thrown);
    }
  }

  watch([() => ledger.version, watched], refresh, { immediate: true, deep: true });
  return { value, failure, refresh };
}
