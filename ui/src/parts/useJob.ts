// A long action: how far it is, and a way to stop it.
import { ref } from "vue";

import { type ActionName, type Reply, type Request, call, follow, toFailure } from "@/api/call";
import type { Failure } from "@/api/types.gen";

let jobs = 0;

/** A job of a page; one at a time. */
export function useJob() {
  const running = ref(false);
  const done = ref(0);
  const total = ref(0);
  const failure = ref<Failure>();
  let job = "";

  async function run<N extends ActionName>(name: N, request: Request<N>): Promise<Reply<N> | undefined> {
    if (running.value) return undefined;
    jobs += 1;
    job = `${name}-${jobs}`;
    [running.value, done.value, total.value, failure.value] = [true, 0, 0, undefined];
    try {
      return await follow(name, request, job, (at, of) => ([done.value, total.value] = [at, of]));
    } catch (thrown) {
      failure.value = toFailure(thrown);
      return undefined;
    } finally {
      running.value = false;
    }
  }

  const cancel = () => call("cancel", job);

  return { running, done, total, failure, run, cancel };
}
