// Every screen, light and dark, at the size of old school computers and at 150 %: nothing too small, nothing cut off.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { FLAWS } from "./flaws.mjs";
import { importRoster, makeLedger } from "./people.mjs";

const ROSTER = fileURLToPath(new URL("roster.xlsx", import.meta.url));
/** Rooms, and what stands behind the tabs of some. */
const ROOMS = {
  今日: [],
  考勤: ["一个月的点名册", "开学返校摸排", "校历和停课"],
  学生: [],
  家访: [],
  辍学个案: [],
  台账: [],
  报表与统计: ["统计图", "交叉统计", "履职进度"],
  上报与接收: ["接收下发", "等人处理", "已接收", "建立联系"],
  打印: [],
  设置: [],
};

/** What opens over a screen, and how. */
const OVER = {
  学生: { 导出: (app) => app.activate("导出表格"), 年级: (app) => app.openList("年级") },
  家访: { 选孩子: (app) => app.activate("记录家访") },
  交叉统计: { 名单: (app) => app.script(`[...document.querySelectorAll("main table button")].at(-1).click()`) },
  孩子: { 添加: (app) => app.activate("添加…"), 修改历史: (app) => app.activate("修改历史") },
  家访表单: { 日历: (app) => app.openCalendar("家访日期") },
};

test("every screen is readable and reachable at 1366×768 and at 150 %, light and dark", async (t) => {
  const app = await App.open(t, { home: mkdtempSync(join(tmpdir(), "baoxue-screens-")), today: "2026-09-10", name: "screens" });
  await app.resize(1366, 768);
  assert.deepEqual(await app.script(FLAWS), []);
  await makeLedger(app, { way: "新建学校台账", name: "石桥村小学", code: "3152230001", person: "李老师", password: "石桥村的一句好记的话" });
  await importRoster(app, ROSTER, 12);

  for (const theme of ["浅色", "深色"]) {
    for (const zoom of ["100%", "150%"]) {
      await t.test(`${theme} ${zoom}`, async () => {
        await app.activate("设置");
        await app.activate(theme);
        await app.activate(zoom);
        const flaws = [];
        const look = async (name) => {
          await app.still(300);
          await app.screenshot(`${theme}-${zoom.replace("%", "")}-${name}`);
          for (const flaw of await app.script(FLAWS)) flaws.push(`${name}: ${flaw}`);
          for (const [what, open] of Object.entries(OVER[name] ?? {})) {
            await open(app);
            await look(`${name}-${what}`);
            await app.keys("Escape");
            await app.still(100);
          }
        };
        for (const [room, tabs] of Object.entries(ROOMS)) {
          await app.activate(room);
          await look(room);
          for (const tab of tabs) {
            await app.activate(tab);
            await look(tab);
          }
        }
        await app.keys("F3", "z", "x", "m");
        await app.sees("三年级(1)班");
        await look("找学生");
        await app.keys("Enter");
        await app.sees("经过");
        await look("孩子");
        await app.activate("记录家访");
        await app.sees("家访情况");
        await look("家访表单");
        assert.deepEqual(flaws, []);
      });
    }
  }
});
