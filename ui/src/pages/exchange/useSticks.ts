// Sticks that are plugged in, looked for every few seconds while a page that wants them is open.
import { onUnmounted, ref, shallowRef } from "vue";

import { call, toFailure } from "@/api/call";
import type { Failure, Stick, StickView } from "@/api/types.gen";
import { useLedger } from "@/state/ledger";

/** A stick with what lies on it for this organisation. */
export interface SeenStick extends Stick, StickView {}

/** Seen at once to a person; the question costs a few ms. */
const POLL_MS = 1500;

export function useSticks() {
  const ledger = useLedger();
  const sticks = shallowRef<SeenStick[]>();
  const failure = ref<Failure>();
  /** What was looked at: a stick is looked at again only when a file on it or the ledger has changed. */
  let looked = "";
  let timer = 0;
  let left = false;

  async function look(): Promise<void> {
    try {
      const plugged = await call("sticks", null);
      const now = JSON.stringify([plugged, ledger.version]);
      if (now !== looked) {
        sticks.value = await Promise.all(plugged.map(async (stick) => ({ ...stick, ...(await call("look_at_stick", stick.folder)) })));
        looked = now;
      }
      failure.value = undefined;
    } catch (thrown) {
      // A stick pulled out while it is looked at is no failure: the next look does not see it.
      looked = "";
      failure.value = sticks.value === undefined ? toFailure(thrown) : undefined;
    }
    if (!left) timer = window.setTimeout(look, POLL_MS);
  }

  onUnmounted(() => {
    left = true;
    window.clearTimeout(timer);
  });
  void look();
  return { sticks, failure };
}
