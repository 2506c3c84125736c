// The cursor of a sheet: where it stands, how far the range reaches, and what each key does.
import { type ComputedRef, computed, ref } from "vue";

import { isComposing, isEnter } from "@/parts/keys";

import { type Place, type Sheet, rangeOf } from "./useSheet";

interface Around {
  sheet: Sheet;
  columns: ComputedRef<number>;
  /** Puts the cursor into a cell, scrolling there. */
  show: (place: Place) => void;
  /** Where Escape goes: out of the sheet, so that Tab leads on. */
  leave: () => void;
}

export function useSheetKeys({ sheet, columns, show, leave }: Around) {
  const at = ref<Place>({ row: 0, column: 0 });
  const anchor = ref<Place>({ row: 0, column: 0 });
  /** Counts the visits of cells, so that typing in one again is another act. */
  const visit = ref(0);
  const range = computed(() => rangeOf(anchor.value, at.value));
  const isWide = computed(() => range.value.from.row !== range.value.to.row || range.value.from.column !== range.value.to.column);

  function go(place: Place, keepsAnchor = false): void {
    const row = Math.min(Math.max(0, place.row), sheet.count.value - 1);
    const column = Math.min(Math.max(0, place.column), columns.value - 1);
    at.value = { row, column };
    if (!keepsAnchor) anchor.value = { row, column };
    visit.value += 1;
    show(at.value);
  }

  function entered(place: Place): void {
    if (place.row === at.value.row && place.column === at.value.column) return;
    [at.value, anchor.value] = [place, place];
    visit.value += 1;
  }

  const typed = (text: string) => sheet.write([{ ...at.value, text }], `${at.value.row}:${at.value.column}:${visit.value}`);

  /** Tab goes on to the next row at the end of one; beyond the last cell it leaves the sheet. */
  function tab(event: KeyboardEvent): void {
    const next = at.value.row * columns.value + at.value.column + (event.shiftKey ? -1 : 1);
    if (next < 0 || next >= sheet.count.value * columns.value) return;
    event.preventDefault();
    go({ row: Math.floor(next / columns.value), column: next % columns.value });
  }

  function sideways(event: KeyboardEvent, step: -1 | 1): void {
    const input = event.target as HTMLInputElement;
    const edge = step < 0 ? 0 : input.value.length;
    const isWhole = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (!isWhole && (input.selectionStart !== edge || input.selectionEnd !== edge)) return;
    event.preventDefault();
    go({ row: at.value.row, column: at.value.column + step }, event.shiftKey);
  }

  const isIn = (event: KeyboardEvent, keys: string) => (event.ctrlKey || event.metaKey) && keys.includes(event.key.toLowerCase());

  /** Keys that act on the range. Whether one of them was pressed. */
  function acts(event: KeyboardEvent): boolean {
    if (isIn(event, "d")) sheet.fillDown(range.value);
    else if (isIn(event, "z") && !event.shiftKey) back(sheet.undo());
    else if (isIn(event, "y") || (isIn(event, "z") && event.shiftKey)) back(sheet.redo());
    else if (event.key === "Delete" && isWide.value) sheet.clear(range.value);
    else return false;
    event.preventDefault();
    return true;
  }

  function back(place: Place | undefined): void {
    if (place) go(place);
  }

  function onKey(event: KeyboardEvent): void {
    if (isComposing(event) || acts(event)) return;
    const { row, column } = at.value;
    const down: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 15, PageUp: -15 };
    const step = isEnter(event) && !event.ctrlKey ? (event.shiftKey ? -1 : 1) : down[event.key];
    if (step !== undefined && !event.altKey) {
      event.preventDefault();
      go({ row: row + step, column }, event.shiftKey && event.key !== "Enter");
    } else if (event.key === "Tab") tab(event);
    else if (event.key === "ArrowLeft") sideways(event, -1);
    else if (event.key === "ArrowRight") sideways(event, 1);
    else if (event.key === "Escape") leave();
  }

  return { at, range, isWide, go, entered, typed, onKey };
}
