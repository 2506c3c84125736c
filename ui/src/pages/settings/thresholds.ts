// A threshold as people type it and as the ledger keeps it: percents for hundredths of a percent, everything else alike.
import type { Setting } from "@/api/types.gen";
import { inWords, say } from "@/words";

/** Hundredths of a percent in one percent. */
const BASIS_POINTS = 100;

const isShare = (setting: Setting) => setting.unit === "basis_point";

/** What people read for what is kept. */
export function toShown(setting: Setting, value: string): string {
  if (isShare(setting)) return String(Number(value) / BASIS_POINTS);
  if (setting.kind === "switch") return say(`thresholds.switch.${value}`);
  return setting.kind === "choice" ? say(`thresholds.choices.${value}`) : value;
}

/** What is kept for what was typed; the engine refuses what it cannot be. */
export function fromTyped(setting: Setting, typed: string): string {
  const text = typed.trim().replace(/[，、\s]+/g, ",");
  const share = Math.round(Number(text.replace("%", "")) * BASIS_POINTS);
  return isShare(setting) && text !== "" && Number.isFinite(share) ? String(share) : text;
}

/** The range a setting may have, and its ground. */
export function rangeOf(setting: Setting): string {
  const [low, high] = setting.range ?? setting.span ?? [];
  const range = low === undefined || high === undefined ? "" : say("thresholds.range", { low: toShown(setting, String(low)), high: toShown(setting, String(high)) });
  return [range, say("thresholds.source", { source: inWords(setting.basis) })].filter(Boolean).join("　");
}
