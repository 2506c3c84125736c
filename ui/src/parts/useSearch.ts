// Finding children as each key is typed; only the answer to the latest question counts.
import { ref } from "vue";

import { call, toFailure } from "@/api/call";
import type { Failure, FoundRow } from "@/api/types.gen";

export function useSearch() {
  const words = ref("");
  const found = ref<FoundRow[]>([]);
  const answered = ref("");
  const failure = ref<Failure>();
  let asked = 0;

  /** Asks; while an input method composes, the pinyin typed so far is asked for (its separators left out). */
  async function ask(typed: string): Promise<void> {
    words.value = typed;
    asked += 1;
    const mine = asked;
    const question = typed.replace(/['’]/g, "").trim();
    const answer = await answerTo(question);
    if (mine !== asked) return;
    found.value = answer;
    answered.value = question;
  }

  async function answerTo(question: string): Promise<FoundRow[]> {
    failure.value = undefined;
    if (question === "") return [];
    try {
      return await call("find", question);
    } catch (thrown) {
      failure.value = toFailure(thrown);
      return [];
    }
  }

  return { words, found, answered, failure, ask };
}
