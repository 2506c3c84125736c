// The ledger that is open, its definitions, and a counter that every list and page watches.
import { defineStore } from "pinia";
import { computed, ref, shallowRef } from "vue";

import { call, title } from "@/api/call";
import type { Definitions, Failure, SessionInfo } from "@/api/types.gen";
import { say } from "@/words";

export const useLedger = defineStore("ledger", () => {
  const info = ref<SessionInfo>();
  const definitions = shallowRef<Definitions>({ records: {}, forms: {}, codes: {}, reached: {} });
  /** Grows with every write; whoever shows rows asks again when it does. */
  const version = ref(0);
  /** What waits for a choice; shown beside the bar. */
  const conflicts = ref(0);

  /** Closed because nobody was here; its pages wait behind a cover until the password is typed. */
  const isLocked = ref(false);

  const isOpen = computed(() => info.value !== undefined);

  async function begin(session: SessionInfo): Promise<void> {
    definitions.value = await call("definitions", null);
    info.value = session;
    isLocked.value = false;
    await title(say("app.window", { name: session.name }));
    await touched();
  }

  async function leave(): Promise<void> {
    await call("close_ledger", null);
    info.value = undefined;
    isLocked.value = false;
    await title(say("app.name"));
  }

  /** Closes the ledger and keeps its pages as they are. */
  async function lock(): Promise<void> {
    if (!isOpen.value || isLocked.value) return;
    isLocked.value = true;
    await call("close_ledger", null);
  }

  /** Something came from above: fields may have been added, renamed or hidden. */
  async function redefined(): Promise<void> {
    definitions.value = await call("definitions", null);
    await touched();
  }

  /** Something was written. */
  async function touched(): Promise<void> {
    version.value += 1;
    conflicts.value = (await call("today", null)).conflicts;
  }

  /** Goes on with a ledger that is open already, after the page was loaded again. */
  async function resume(): Promise<void> {
    const session = await call("session", null).catch((failure: Failure) => {
      if (failure.code === "no_ledger_open") return undefined;
      throw failure;
    });
    if (session) await begin(session);
  }

  return { info, definitions, version, conflicts, isOpen, isLocked, begin, leave, lock, redefined, touched, resume };
});
