// Cells on the clipboard, as WPS and Excel put them there: tabs between cells, quotes around cells with line breaks.

/** A cell in quotes with what ends it, or a plain one. */
const CELL = /(?:"((?:[^"]|"")*)"(?=[\t\n]|$)|([^\t\n]*))(\t|\n|$)/y;

/** The cells of a pasted text. The line break that ends it begins no row. */
export function readCells(text: string): string[][] {
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const rows: string[][] = [[]];
  let at = 0;
  for (;;) {
    CELL.lastIndex = at;
    const found = CELL.exec(source);
    if (!found) return rows;
    const [whole, quoted, plain, end] = found;
    rows[rows.length - 1]?.push(quoted === undefined ? (plain ?? "") : quoted.replace(/""/g, '"'));
    if (end === "") return rows;
    if (end === "\n") rows.push([]);
    at += whole.length;
  }
}

/** Cells as a text that a spreadsheet takes. */
export function writeCells(cells: string[][]): string {
  const quoted = (cell: string) => (/[\t\n"]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell);
  return cells.map((row) => row.map(quoted).join("\t")).join("\n");
}
