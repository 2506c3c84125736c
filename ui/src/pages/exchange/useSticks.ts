// Sticks that are plugged in, looked for every few seconds while a page that wants them is open: once, however many of its
// parts want them.
import { onUnmounted, ref, shallowRef } from "vue";

import { call, toFailure } from "@/api/call";
import type { Failure, Stick, StickView } from "@/api/types.gen";
import { useLedger } from "@/state/ledger";

/** A stick with what lies on it for this organisation. */
export interface SeenStick extends Stick, StickView {}

/** Seen at once to a person; the question costs a few ms. */
const POLL_MS = 1500;

const sticks = shallowRef<SeenStick[]>();
const failure = ref<Failure>();
/** What was looked at: a stick is looked at again only when a file on it or the ledger has changed. */
let looked = "";
/** Which round of looking goes on: one that nobody wanted any more ends. */
let round = 0;
let wanted = 0;

async function look(version: () => number): Promise<void> {
  try {
    const plugged = await call("sticks", null);
    const now = JSON.stringify([plugged, version()]);
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
}

async function keepLooking(version: () => number, mine: number): Promise<void> {
  await look(version);
  if (mine === round && wanted > 0) window.setTimeout(() => void keepLooking(version, mine), POLL_MS);
}

export function useSticks() {
  const ledger = useLedger();
  wanted += 1;
  if (wanted === 1) {
    round += 1;
    [sticks.value, failure.value, looked] = [undefined, undefined, ""];
    void keepLooking(() => ledger.version, round);
  }
  onUnmounted(() => (wanted -= 1));
  return { sticks, failure };
}
