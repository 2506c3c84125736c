// Every register, and every form that people fill, at 150 %: readable and reachable, and nowhere a word of the program's own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { FLAWS } from "./flaws.mjs";

const BX = process.env.BAOXUE_BINARY.replace(/baoxue$/, "bx");
const ids = (what) => JSON.parse(execFileSync(BX, [what, "--json"], { maxBuffer: 2 ** 30 })).map((one) => one.id);
/** Places that the test of the rooms does not come to. */
const PLACES = ["/import", "/derived", "/derived/left_behind", "/findings", "/rollover", "/numbers/charts", "/exchange/transfers", "/exchange/duplicates"];

test("every register and every form is readable and reachable at 150 %", async (t) => {
  const app = await App.open(t, { home: mkdtempSync(join(tmpdir(), "baoxue-registers-")), today: "2026-11-09", name: "registers" });
  await app.resize(1366, 768);
  await app.press("试用示例乡镇");
  await app.press("建立示例乡镇");
  await app.sees("示例乡镇已建立");
  await app.press("打开“禾塘镇中心学校”");
  await app.sees("名学生");
  await app.press("设置");
  for (const language of process.env.BAOXUE_LONG ? ["中文", "English"] : ["中文"]) {
    await app.go("/settings");
    await app.activate(language);
    await app.activate("150%");
    const flaws = [];
    for (const place of [...PLACES, ...ids("forms").map((form) => `/registers/${form}`), ...ids("records").map((record) => `/new/${record}`)]) {
      await app.go(place);
      const found = await app.script(FLAWS);
      if (found.length > 0) await app.screenshot(place.replaceAll("/", "-"));
      flaws.push(...found.map((flaw) => `${language} ${place}: ${flaw}`));
    }
    assert.deepEqual(flaws, []);
  }
});
