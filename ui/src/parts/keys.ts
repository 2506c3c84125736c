// Keys, with Chinese input in mind.

/** Whether a key belongs to an input method: WebKit sends the Enter that confirms a candidate as key code 229. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Enter that means "go on", not "take this candidate". */
export function isEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !isComposing(event);
}

/** Ctrl+Enter (⌘+Enter): save. */
export function isSave(event: KeyboardEvent): boolean {
  return isEnter(event) && (event.ctrlKey || event.metaKey);
}

/** The step an arrow key asks for: -1, 1, or 0 for any other key. */
export function arrowStep(event: KeyboardEvent): -1 | 0 | 1 {
  if (isComposing(event)) return 0;
  if (event.key === "ArrowDown" || event.key === "ArrowRight") return 1;
  if (event.key === "ArrowUp" || event.key === "ArrowLeft") return -1;
  return 0;
}
