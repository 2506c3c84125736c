// Cells being typed in bulk: one text a cell, every act taken back as a whole. Knows no record and no rule.
import { computed, shallowRef, triggerRef } from "vue";

/** Rows a sheet may have. */
export const ROWS_MAX = 5000;
/** Acts that can be taken back. */
const ACTS_MAX = 200;

export interface Place {
  row: number;
  column: number;
}

/** From one corner to another, both included. */
export interface Range {
  from: Place;
  to: Place;
}

interface Write extends Place {
  before: string;
  after: string;
}

/** What was done at once; typing on in one cell is one act. */
interface Act {
  writes: Write[];
  rows: number;
  typedIn?: string;
}

export type Sheet = ReturnType<typeof useSheet>;

export function useSheet(columns: number, rows: number) {
  const cells = shallowRef<string[][]>(blank(rows));
  const done = shallowRef<Act[]>([]);
  const undone = shallowRef<Act[]>([]);

  const count = computed(() => cells.value.length);
  const filled = computed(() => cells.value.flatMap((row, at) => (row.some((text) => text !== "") ? [at] : [])));
  const textAt = ({ row, column }: Place): string => cells.value[row]?.[column] ?? "";

  function blank(count: number): string[][] {
    return Array.from({ length: count }, () => Array<string>(columns).fill(""));
  }

  /** Writes texts as one act; rows are added as far as they reach. `typedIn` names the cell somebody is typing in. */
  function write(texts: (Place & { text: string })[], typedIn?: string): void {
    const fitting = texts.filter(({ row, column }) => row < ROWS_MAX && column < columns);
    const writes = fitting.map(({ row, column, text }) => ({ row, column, before: textAt({ row, column }), after: text }));
    const changed = writes.filter(({ before, after }) => before !== after);
    if (changed.length === 0) return;
    const last = done.value[done.value.length - 1];
    const goesOn = typedIn !== undefined && last?.typedIn === typedIn && undone.value.length === 0;
    const first = goesOn ? last.writes[0] : undefined;
    const act: Act = { writes: changed.map((each) => ({ ...each, before: first?.before ?? each.before })), rows: first ? (last?.rows ?? count.value) : count.value, typedIn };
    done.value = [...done.value.slice(0, goesOn ? -1 : undefined), act].slice(-ACTS_MAX);
    undone.value = [];
    put(changed.map((each) => ({ ...each, text: each.after })));
  }

  function put(texts: (Place & { text: string })[]): void {
    const needed = texts.reduce((most, { row }) => Math.max(most, row + 1), count.value);
    cells.value.push(...blank(needed - count.value));
    for (const { row, column, text } of texts) {
      const line = cells.value[row];
      if (line) line[column] = text;
    }
    triggerRef(cells);
  }

  /** Takes back the newest act; where it was. */
  function undo(): Place | undefined {
    const act = done.value[done.value.length - 1];
    if (!act) return undefined;
    done.value = done.value.slice(0, -1);
    undone.value = [...undone.value, act];
    put(act.writes.map((each) => ({ ...each, text: each.before })));
    cells.value.splice(act.rows);
    triggerRef(cells);
    return act.writes[0];
  }

  /** Does again what was taken back last; where it was. */
  function redo(): Place | undefined {
    const act = undone.value[undone.value.length - 1];
    if (!act) return undefined;
    undone.value = undone.value.slice(0, -1);
    done.value = [...done.value, act];
    put(act.writes.map((each) => ({ ...each, text: each.after })));
    return act.writes[0];
  }

  /** Pastes cells from a corner on. A single cell fills the whole range. */
  function paste(pasted: string[][], { from, to }: Range): void {
    const single = pasted.length === 1 && pasted[0]?.length === 1 ? (pasted[0][0] ?? "") : undefined;
    if (single !== undefined) write(placesOf({ from, to }).map((place) => ({ ...place, text: single })));
    else write(pasted.flatMap((line, down) => line.map((text, right) => ({ row: from.row + down, column: from.column + right, text }))));
  }

  /** Fills a range with its first row; a single cell takes what stands above it. */
  function fillDown({ from, to }: Range): void {
    const source = from.row === to.row ? from.row - 1 : from.row;
    if (source < 0) return;
    write(placesOf({ from, to }).map((place) => ({ ...place, text: textAt({ row: source, column: place.column }) })));
  }

  const clear = (range: Range) => write(placesOf(range).map((place) => ({ ...place, text: "" })));
  const cut = ({ from, to }: Range) => cells.value.slice(from.row, to.row + 1).map((row) => row.slice(from.column, to.column + 1));

  /** Begins anew with so many empty rows, or with these. */
  function reset(with_: number | string[][]): void {
    cells.value = typeof with_ === "number" ? blank(with_) : with_;
    [done.value, undone.value] = [[], []];
  }

  return { cells, count, filled, textAt, write, undo, redo, paste, fillDown, clear, cut, reset, canUndo: computed(() => done.value.length > 0) };
}

function placesOf({ from, to }: Range): Place[] {
  const places: Place[] = [];
  for (let row = from.row; row <= to.row; row += 1) {
    for (let column = from.column; column <= to.column; column += 1) places.push({ row, column });
  }
  return places;
}

/** A range with its corners in order. */
export function rangeOf(a: Place, b: Place): Range {
  return {
    from: { row: Math.min(a.row, b.row), column: Math.min(a.column, b.column) },
    to: { row: Math.max(a.row, b.row), column: Math.max(a.column, b.column) },
  };
}
