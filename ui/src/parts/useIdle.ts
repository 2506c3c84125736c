// Notices that nobody is at the computer any more.
import { onBeforeUnmount, onMounted } from "vue";

/** How often one looks, ms. */
const LOOK_MS = 5_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

/** Calls `left` once nobody has pointed or typed for so many ms; work that takes long counts as somebody's presence, sleep of
 * the computer does not. */
export function useIdle(limitMs: () => number, atWork: () => boolean, left: () => void): void {
  let seen = Date.now();
  let timer = 0;

  function look(): void {
    if (atWork()) seen = Date.now();
    if (Date.now() - seen >= limitMs()) left();
  }

  /** Whoever wakes the computer is a stranger until the password says otherwise. */
  function sign(): void {
    look();
    seen = Date.now();
  }

  onMounted(() => {
    for (const one of SIGNS) window.addEventListener(one, sign, { capture: true, passive: true });
    timer = window.setInterval(look, LOOK_MS);
  });
  onBeforeUnmount(() => {
    for (const one of SIGNS) window.removeEventListener(one, sign, { capture: true });
    window.clearInterval(timer);
  });
}
