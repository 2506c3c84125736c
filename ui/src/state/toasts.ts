// Short messages at the foot of the window. One that tells of a change offers to take it back.
import { defineStore } from "pinia";
import { ref } from "vue";

import { call, toFailure } from "@/api/call";
import type { Failure, Problem } from "@/api/types.gen";
import { useLedger } from "@/state/ledger";
import { say } from "@/words";

/** How long a message stays, ms; a newer one takes its place. */
const STAY_MS = 12_000;

export interface Toast {
  id: number;
  text: string;
  kind: "good" | "bad";
  /** Takes back what the message tells of. */
  undo?: () => Promise<void>;
  /** What to look at again; it is stored all the same. */
  problems: Problem[];
  record?: string;
  failure?: Failure;
}

export const useToasts = defineStore("toasts", () => {
  const shown = ref<Toast[]>([]);
  let last = 0;

  function show(toast: Omit<Toast, "id">): void {
    last += 1;
    const id = last;
    shown.value = [{ ...toast, id }];
    window.setTimeout(() => close(id), STAY_MS);
  }

  function close(id: number): void {
    shown.value = shown.value.filter((toast) => toast.id !== id);
  }

  /** Forgets them all: what they offer to take back belongs to the ledger that is being left. */
  function clear(): void {
    shown.value = [];
  }

  /** Tells that something was written, and offers to take its changes back, newest first. */
  function saved(text: string, changes: string[], more: { problems?: Problem[]; record?: string } = {}): void {
    const undo = changes.length > 0 ? () => takeBack(changes) : undefined;
    show({ text, kind: "good", undo, problems: more.problems ?? [], record: more.record });
  }

  async function takeBack(changes: string[]): Promise<void> {
    await attempt(async () => {
      for (const change of [...changes].reverse()) await call("undo", change);
      await useLedger().touched();
      show({ text: say("undo.done"), kind: "good", problems: [] });
    });
  }

  /** Does something and shows what went wrong, if it did. */
  async function attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (thrown) {
      show({ text: "", kind: "bad", problems: [], failure: toFailure(thrown) });
    }
  }

  return { shown, show, close, clear, saved, takeBack, attempt };
});
