// The sheet of many rows, as somebody types in it who uses an input method and pastes from WPS; five thousand rows of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { makeLedger, steps } from "./people.mjs";

const CODES = fileURLToPath(new URL("../../assets/codes", import.meta.url));
const BX = join(dirname(process.env.BAOXUE_BINARY), "bx");
const PASTED = { rows: 500, columns: 20 };
const ROWS_MAX = 5000;
/** A frame of a scroll takes at most so many times as long as painting the same sheet anew without moving it. */
const FRAMES_MAX = 2.5;
/** Five hundred rows of twenty columns are taken within this, ms. */
const PASTE_MS = 1000;

/** The columns of the sheet of children, in its order: those of folded groups come last. */
function columns() {
  const student = JSON.parse(execFileSync(BX, ["records"], { encoding: "utf8" })).find((record) => (record.id ?? record.record) === "student");
  const folded = new Set(student.groups.filter((group) => group.folded).map((group) => group.key));
  const typed = student.fields.filter((field) => !field.kept && !field.hidden && field.type !== "file" && (field.type !== "row" || field.to === "organisation"));
  return typed.sort((a, b) => Number(folded.has(a.group ?? "")) - Number(folded.has(b.group ?? "")));
}

const firstOf = (list) => /zh = "([^"]*)"/.exec(readFileSync(join(CODES, `${list}.toml`), "utf8").split("[[code]]")[1])[1];

function idNumber(row) {
  const body = `41042320160304${String(row % 1000).padStart(3, "0")}`;
  const sum = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2].reduce((total, weight, at) => total + weight * Number(body[at]), 0);
  return body + "10X98765432"[sum % 11];
}

/** What a spreadsheet holds for a column of a child. */
function cell(field, row) {
  if (field.key === "name") return `吴青${String.fromCodePoint(0x4e00 + row)}`;
  if (Object.keys(field.codes_when ?? {}).length > 0 || ["student_code", "school_code", "row"].includes(field.type)) return "";
  if (field.type === "id_number") return field.key === "id_number" ? idNumber(row) : "";
  if (field.key === "class") return "1";
  return { date: "2016-03-04", month: "2022-09", integer: "1", decimal: "1", phone: `1640000${String(row).padStart(4, "0")}`, yes_no: "否", code: field.codes && firstOf(field.codes), codes: field.codes && firstOf(field.codes) }[field.type] ?? `${row}号`;
}

/** A spreadsheet's clipboard, dropped on the cell with the cursor: the event that Ctrl+V raises. Gives how long it took to take it and until it was drawn, ms. */
const PASTE = `
  const began = performance.now();
  const data = new DataTransfer();
  data.setData("text/plain", arguments[0]);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
  const taken = performance.now() - began;
  const done = arguments[arguments.length - 1];
  requestAnimationFrame(() => requestAnimationFrame(() => done({ taken, drawn: performance.now() - began })));
`;

/** Where the cursor stands and what the cell holds. */
const AT = `
  const input = document.activeElement;
  const row = input.closest("[role=row]");
  return { row: Number(row?.getAttribute("aria-rowindex")) - 2, column: Number(input.closest("[role=gridcell]")?.getAttribute("aria-colindex")) - 2, text: input.value };
`;

/**
 * An input method at work in the cell with the cursor, as the web runtime raises its events: the key that the method takes,
 * the letters as they grow, each in the place of those before, and the word that is chosen. Gives what the cell held after
 * each, and whether it was one and the same cell all along.
 */
const COMPOSE = `
  const [letters, word] = arguments;
  const done = arguments[arguments.length - 1];
  const cell = document.activeElement;
  const begins = cell.selectionStart, rest = cell.value.slice(cell.selectionEnd);
  const before = cell.value.slice(0, begins);
  const seen = [];
  const key = (name, composing) => {
    const event = new KeyboardEvent("keydown", { key: name, keyCode: 229, which: 229, isComposing: composing, bubbles: true, cancelable: true });
    cell.dispatchEvent(event);
    return event.defaultPrevented;
  };
  const frame = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
  const put = (text, inputType) => {
    cell.value = before + text + rest;
    cell.setSelectionRange((before + text).length, (before + text).length);
    cell.dispatchEvent(new InputEvent("input", { data: text, inputType, isComposing: inputType === "insertCompositionText", bubbles: true }));
  };
  (async () => {
    let taken = false;
    for (let at = 1; at <= letters.length; at += 1) {
      taken ||= key("Process", at > 1);
      if (at === 1) cell.dispatchEvent(new CompositionEvent("compositionstart", { data: "", bubbles: true }));
      cell.dispatchEvent(new CompositionEvent("compositionupdate", { data: letters.slice(0, at), bubbles: true }));
      put(letters.slice(0, at), "insertCompositionText");
      await frame();
      seen.push(document.activeElement === cell && cell.isConnected ? cell.value : "another cell");
    }
    taken ||= key("Enter", true);
    put(word, "insertCompositionText");
    cell.dispatchEvent(new CompositionEvent("compositionend", { data: word, bubbles: true }));
    taken ||= key("Enter", false);
    await frame();
    seen.push(document.activeElement === cell && cell.isConnected ? cell.value : "another cell");
    done({ seen, taken });
  })();
`;

/** Listens to everything an input method does. */
const LISTEN = `
  window.composed = [];
  for (const type of ["compositionstart", "compositionupdate", "compositionend", "input"]) {
    document.addEventListener(type, ({ target }) => window.composed.push({ type, text: target.value }), true);
  }
`;

/** Scrolls the sheet from end to end, each other frame only painted anew; gives both frames' times, ms, and the rows that were not drawn in time. */
const SCROLL = `
  const done = arguments[arguments.length - 1];
  const frame = document.querySelector("[role=grid]");
  const times = { scrolled: [], painted: [] }, lost = [];
  const steps = 60, whole = frame.scrollHeight - frame.clientHeight, wide = frame.scrollWidth - frame.clientWidth;
  const paint = (change) => new Promise((drawn) => {
    const began = performance.now();
    change();
    requestAnimationFrame(() => setTimeout(() => drawn(performance.now() - began)));
  });
  (async () => {
    for (let at = 1; at <= steps; at += 1) {
      times.painted.push(await paint(() => { frame.style.outline = at % 2 ? "1px solid transparent" : "1px solid"; }));
      times.scrolled.push(await paint(() => {
        frame.scrollTop = (whole * at) / steps;
        if (at > steps / 2) frame.scrollLeft = wide * ((at * 2) / steps - 1);
      }));
      const top = Math.floor(frame.scrollTop / 36), below = top + Math.floor((frame.clientHeight - 36) / 36) - 1;
      const drawn = new Set([...frame.querySelectorAll(".line")].map((line) => Number(line.getAttribute("aria-rowindex")) - 2));
      lost.push(...[top + 1, below].filter((row) => !drawn.has(row)));
    }
    done({ ...times, lost, cells: frame.querySelectorAll("input").length });
  })();
`;

const median = (times) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

test("the sheet takes an input method's first letter, a spreadsheet's clipboard and five thousand rows", async (t) => {
  const step = steps(t);
  const app = await App.open(t, { home: mkdtempSync(join(tmpdir(), "baoxue-sheet-")), today: "2026-08-30", name: "sheet" });
  await makeLedger(app, { way: "新建学校台账", name: "青杠村小学", code: "3152230031", person: "吴老师", password: "青杠村的一句好记的话" });
  const fields = columns();
  const nameAt = fields.findIndex((field) => field.key === "name");
  const open = async () => {
    await app.press("学生");
    await app.press("成批…");
    await app.press("成批填写");
    await app.sees("Ctrl+D 向下填充");
  };
  await open();

  await step("under an input method the first letter of a cell is not lost, filled or empty", async () => {
    for (let at = 0; at < nameAt; at += 1) await app.keys("Tab");
    const first = await app.wait(COMPOSE, "wuqing", "吴青");
    assert.deepEqual(first, { seen: ["w", "wu", "wuq", "wuqi", "wuqin", "wuqing", "吴青"], taken: false });
    await app.keys("Enter");
    assert.equal((await app.script(AT)).row, 1, "only the Enter that belongs to nobody's word goes on");
    await app.keys("Up");
    assert.equal((await app.script(AT)).text, "吴青");
    const again = await app.wait(COMPOSE, "long", "龙");
    assert.deepEqual(again, { seen: ["l", "lo", "lon", "long", "龙"], taken: false });
    await app.keys("Control+z");
    assert.equal((await app.script(AT)).text, "吴青", "a word is one act");
    await app.keys("Control+z");
    assert.equal((await app.script(AT)).text, "");
  });

  // Ctrl+Shift+U is the input method that is always there: it composes a character from its number, with the runtime's own events.
  await step("a real input method composes in a chosen cell, in the place of what stood there", async () => {
    await app.keys("y", "Enter", "Up");
    await app.script(LISTEN);
    await app.keys("Control+Shift+u", "5", "4", "3", "4", "Enter");
    const heard = await app.script("return window.composed");
    assert.deepEqual(heard.filter(({ type }) => type === "input").map(({ text }) => text), ["", "u", "u5", "u54", "u543", "u5434", "", "吴"]);
    assert.equal(heard[0].type === "compositionstart" || heard[1].type === "compositionstart", true, "it is composed, not typed");
    assert.deepEqual(await app.script(AT), { row: 0, column: nameAt, text: "吴" }, "the Enter that ends a word moves no cursor");
    await app.keys("Control+z", "Control+z");
    assert.equal((await app.script(AT)).text, "");
  });

  await step("five hundred rows of twenty columns are pasted at once, taken back at once, and saved", async () => {
    await app.press("取消");
    await open();
    const block = Array.from({ length: PASTED.rows }, (_, row) => fields.slice(0, PASTED.columns).map((field) => cell(field, row)));
    const { taken, drawn } = await app.wait(PASTE, block.map((row) => row.join("\t")).join("\r\n") + "\r\n");
    t.diagnostic(`${PASTED.rows} × ${PASTED.columns} taken in ${Math.round(taken)} ms, drawn after ${Math.round(drawn)} ms`);
    assert.ok(taken < PASTE_MS, `pasting took ${taken} ms`);
    await app.sees(`保存 ${PASTED.rows} 行`);
    await app.screenshot("pasted");
    await app.keys("Control+z");
    assert.equal((await app.script(AT)).text, "");
    assert.ok(!(await app.says(`保存 ${PASTED.rows} 行`)));
    await app.keys("Control+y");
    await app.sees(`保存 ${PASTED.rows} 行`);
    await app.keys("Control+Enter");
    await app.sees(`已保存 ${PASTED.rows} 条学生`);
    await app.sees(`共 ${PASTED.rows} 条`);
    await app.press("撤销");
    await app.sees("共 0 条");
  });

  await step("five thousand rows of forty columns scroll without a gap", async () => {
    await open();
    const wide = Math.min(40, fields.length);
    const block = Array.from({ length: ROWS_MAX }, (_, row) => Array.from({ length: wide }, (_, column) => `${row}·${column}`).join("\t"));
    const { taken, drawn } = await app.wait(PASTE, block.join("\n"));
    t.diagnostic(`${ROWS_MAX} × ${wide} taken in ${Math.round(taken)} ms, drawn after ${Math.round(drawn)} ms`);
    const { scrolled, painted, lost, cells } = await app.wait(SCROLL);
    const [frame, bare] = [median(scrolled), median(painted)];
    t.diagnostic(`a frame of a scroll ${Math.round(frame)} ms, of a repaint ${Math.round(bare)} ms; ${cells} cells drawn`);
    assert.deepEqual(lost, [], "rows are drawn when they come into sight");
    assert.ok(cells < 1500, `${cells} cells are drawn at once`);
    assert.ok(frame <= bare * FRAMES_MAX, `a frame of a scroll takes ${(frame / bare).toFixed(1)} times a repaint`);
    await app.screenshot("end");
  });

  await step("a checker of accessibility finds nothing", async () => {
    assert.deepEqual(await app.flaws(), []);
  });
});
