// Cells typed in bulk: pasted from a spreadsheet, filled down, taken back act by act.
import { expect, test } from "vitest";

import { readCells, writeCells } from "@/parts/sheet/clipboard";
import { ROWS_MAX, useSheet } from "@/parts/sheet/useSheet";

test("what a spreadsheet puts on the clipboard is read cell by cell, line breaks and quotes included", () => {
  expect(readCells("张三\t男\r\n李四\t女\r\n")).toEqual([["张三", "男"], ["李四", "女"]]);
  expect(readCells('"两行\n的""备注"""\t2\n\t空')).toEqual([['两行\n的"备注"', "2"], ["", "空"]]);
  expect(readCells('5" 屏\t1')).toEqual([['5" 屏', "1"]]);
  const cells = [['含\t制表符', '"引号"'], ["换\n行", ""]];
  expect(readCells(writeCells(cells))).toEqual(cells);
});

test("five hundred rows of twenty columns are pasted as one act and taken back as one", () => {
  const sheet = useSheet(20, 30);
  sheet.write([{ row: 0, column: 0, text: "先有的" }]);
  const block = Array.from({ length: 500 }, (_, row) => Array.from({ length: 20 }, (_, column) => `${row}-${column}`));
  sheet.paste(block, { from: { row: 0, column: 0 }, to: { row: 0, column: 0 } });
  expect(sheet.count.value).toBe(500);
  expect(sheet.textAt({ row: 499, column: 19 })).toBe("499-19");
  sheet.undo();
  expect(sheet.count.value).toBe(30);
  expect(sheet.textAt({ row: 0, column: 0 })).toBe("先有的");
  sheet.redo();
  expect(sheet.textAt({ row: 250, column: 10 })).toBe("250-10");
});

test("typing on in one cell is one act; filling down and clearing are acts of their own", () => {
  const sheet = useSheet(2, 5);
  for (const text of ["入", "入户"]) sheet.write([{ row: 0, column: 1, text }], "0:1:1");
  sheet.fillDown({ from: { row: 0, column: 1 }, to: { row: 4, column: 1 } });
  expect(sheet.cells.value.map((row) => row[1])).toEqual(["入户", "入户", "入户", "入户", "入户"]);
  sheet.clear({ from: { row: 2, column: 0 }, to: { row: 3, column: 1 } });
  expect(sheet.filled.value).toEqual([0, 1, 4]);
  sheet.undo();
  sheet.undo();
  expect(sheet.filled.value).toEqual([0]);
  sheet.undo();
  expect(sheet.filled.value).toEqual([]);
});

test("a sheet holds five thousand rows of forty columns and no more", () => {
  const sheet = useSheet(40, ROWS_MAX);
  sheet.paste([["末"], ["多"]], { from: { row: ROWS_MAX - 1, column: 39 }, to: { row: ROWS_MAX - 1, column: 39 } });
  expect(sheet.count.value).toBe(ROWS_MAX);
  expect(sheet.textAt({ row: ROWS_MAX - 1, column: 39 })).toBe("末");
});
