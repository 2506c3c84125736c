// A school year's two errands in the real window: who came back, and one child from the first absence to the closed case.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { changeTo, importRoster, makeLedger, steps } from "./people.mjs";

const ROSTER = fileURLToPath(new URL("roster.xlsx", import.meta.url));
const SCHOOL = "石桥村小学";
const PASSWORD = "石桥村的一句好记的话";
const CLASS = "三年级(1)班（4 人）";
const CHILD = "张小明";

/** The key that stands before a child's name on the roll. */
const keyOf = (app, name) =>
  app.script("return [...document.querySelectorAll('[aria-pressed]')].find((chip) => chip.textContent.includes(arguments[0]))?.querySelector('kbd')?.textContent", name);

async function goTo(app, ...rooms) {
  for (const room of rooms) await app.press(room);
}

async function openClass(app) {
  await app.choose("班级", CLASS);
  await app.sees(CHILD);
}

test("a class is checked at the start of term, and a child goes from the first absence to the closed case", async (t) => {
  const step = steps(t);
  const home = mkdtempSync(join(tmpdir(), "baoxue-clock-"));
  const app = await App.open(t, { home, today: "2026-09-01", name: "clock" });
  const on = async (today) => {
    await app.restart({ today });
    await changeTo(app, SCHOOL, PASSWORD);
  };
  await makeLedger(app, { way: "新建学校台账", name: SCHOOL, code: "3152230001", person: "李老师", password: PASSWORD });
  await importRoster(app, ROSTER, 12);

  await step("a class's start-of-term check: one key a child not back, its outcome, the letter it needs", async () => {
    await goTo(app, "今日");
    await app.sees("开学摸排");
    await app.screenshot("today");
    await goTo(app, "考勤", "开学返校摸排");
    await openClass(app);
    const before = app.keysPressed;
    await app.keys(await keyOf(app, "李"));
    await app.press("随父母或监护人外出就学");
    await app.screenshot("return-check");
    await app.type("去向地点", "东莞");
    await app.keys("Control+Enter");
    await app.sees("已登记：应到 4 人，实到 3 人，未到 1 人");
    assert.ok(app.keysPressed - before <= 4 + "东莞".length, `the check cost ${app.keysPressed - before} keys`);
    await app.sees("写并打印：就学对接函");
    await app.screenshot("return-check-saved");
    await app.press("撤销");
    await app.sees("已撤销");
    await app.keys(await keyOf(app, "李"));
    await app.press("随父母或监护人外出就学");
    await app.type("去向地点", "东莞");
    await app.keys("Control+Enter");
    await app.press("写并打印：就学对接函");
    await app.sees("登记函件");
    await app.type("主送", "东莞市教育局");
    await app.keys("Control+Enter");
    await app.sees("已保存函件");
  });

  await step("a class's day is one key when all are there, else one key a child and one to save", async () => {
    await on("2026-10-14");
    await goTo(app, "考勤");
    await openClass(app);
    const before = app.keysPressed;
    await app.still(200);
    await app.keys(await keyOf(app, CHILD), "Enter");
    await app.sees("已点名：应到 4 人，实到 3 人，未到 1 人");
    assert.equal(app.keysPressed - before, 2);
    await app.screenshot("roll");
  });

  await step("the days before are caught up from the paper roll by their exceptions", async () => {
    await goTo(app, "一个月的点名册");
    await app.sees("登记");
    for (const day of ["2026-10-12", "2026-10-13"]) await app.mark(`${CHILD} ${day} 到校`);
    await app.screenshot("month-roll");
    const clicks = app.clicks;
    await app.pressLine("登记 ");
    await app.sees("未到 3 人次");
    assert.equal(app.clicks - clicks, 1, "one click for the month, beside one for each day missed");
  });

  await step("a case is opened from the absence in two clicks, nothing typed twice", async () => {
    await goTo(app, "今日");
    await app.sees("登记疑似辍学并告知中心校");
    await app.screenshot("today-suspect");
    const [keys, clicks] = [app.keysPressed, app.clicks];
    await app.press("登记疑似辍学", { near: CHILD });
    await app.sees("登记辍学个案");
    await app.press("保存");
    await app.sees("已保存辍学个案");
    assert.deepEqual([app.keysPressed - keys, app.clicks - clicks], [0, 2], "two clicks and nothing typed");
    await app.sees("2026-10-12");
    await app.sees("书面报告");
    await app.screenshot("case-suspected");
  });

  await step("the school reports in writing, verifies and decides", async () => {
    await on("2026-10-23");
    await app.screenshot("today-report");
    await app.press("去认定", { near: CHILD });
    await app.press("写书面报告");
    await app.tick("主送", "乡镇人民政府");
    await app.keys("Control+Enter");
    await app.sees("已保存书面报告");
    await goTo(app, "今日");
    await app.press("去认定", { near: CHILD });
    await app.press("核实中");
    await app.sees("已改为“核实中”");
    await app.press("确认辍学");
    await app.choose("主要原因", "外出务工");
    await app.choose("目前去向", "省外务工");
    await app.screenshot("case-confirm");
    await app.press("确定：确认辍学");
    await app.sees("已改为“确认辍学”");
    await app.press("劝返中");
    await app.sees("已改为“劝返中”");
    await app.screenshot("case-ladder");
  });

  await step("an attempt is made on the next rung; the child comes back, is observed, and the case is closed", async () => {
    await on("2026-12-09");
    await goTo(app, "辍学个案");
    await app.pressLine(CHILD);
    await app.pressLine("班主任电话");
    await app.type("劝返日期", "2026-10-30");
    await app.keys("Control+Enter");
    await app.sees("已保存劝返记录");
    await app.press("已复学");
    await app.type("复学日期", "2026-11-09");
    await app.press("确定：已复学");
    await app.sees("已改为“已复学”");
    await app.press("稳定观察");
    await app.tick("安置方式", "随原班");
    await app.press("确定：稳定观察");
    await app.sees("已改为“稳定观察”");
    await app.sees("可以销号");
    await app.press("已销号");
    await app.choose("销号原因", "已返校并稳定就读");
    await app.type("销号佐证", "11 月、12 月考勤");
    await app.screenshot("case-close");
    await app.press("确定：已销号");
    await app.sees("这个个案已经结束");
    await app.screenshot("case-closed");
  });

  await step("the month's report is sealed in one click; a later correction shows; it is opened again with a reason", async () => {
    await goTo(app, "报表与统计");
    await app.mark("往前");
    await app.sees("2026-11");
    const clicks = app.clicks;
    await app.press("审定封存");
    await app.sees("已封存");
    assert.equal(app.clicks - clicks, 1);
    await app.screenshot("report-sealed");
    await app.search("zxm");
    await app.sees("三年级(1)班");
    await app.keys("Enter");
    await app.press("记录家访");
    await app.type("家访日期", "2026-11-20");
    await app.keys("Control+Enter");
    await app.sees("已保存家访记录");
    await goTo(app, "报表与统计");
    await app.mark("往前");
    await app.sees("封存以后有更正");
    await app.sees("封存时 0");
    await app.screenshot("report-differs");
    await app.type("重新打开的原因", "漏记一次家访");
    await app.press("重新打开");
    await app.sees("已重新打开");
  });

  await step("a report is printed and saved as a workbook from where it is read", async () => {
    await app.press("存成表格");
    await app.sees("保存为");
    await app.screenshot("report-sheet");
    await app.type("保存为", join(home, "月报.xlsx"));
    await app.press("保存表格");
    await app.sees("已写入");
    await app.keys("Escape");
    await app.press("打印这张表");
    await app.sees("第 1 页");
    await app.sees("297 × 210 毫米");
    await app.still(300);
    await app.screenshot("report-print");
    await goTo(app, "今日");
    await app.press("打印任务单");
    await app.sees("210 × 297 毫米");
    await app.still(300);
    await app.screenshot("duty-slip");
  });

  await step("rates show both their numbers, and each number, bar and chart opens its names", async () => {
    await goTo(app, "报表与统计", "比率");
    await app.sees("年辍学率（A，个案口径）");
    await app.screenshot("rates");
    await app.mark("年辍学率（B，教材口径） 分子 1");
    await app.sees(CHILD);
    await app.screenshot("rates-names");
    await app.keys("Escape");
    await app.still(200);
    await goTo(app, "统计图");
    await app.sees("离校的主要原因");
    await app.still(300);
    await app.screenshot("charts");
    await app.pressBar("离校的主要原因", 0);
    await app.sees("离校的主要原因 · 外出务工");
    await app.sees(CHILD);
    await app.keys("Escape");
    await app.still(200);
    await goTo(app, "交叉统计");
    await app.sees("合计");
    await app.screenshot("pivot");
    await goTo(app, "履职进度");
    await app.sees("已做 ÷ 应做");
    await app.screenshot("coverage");
  });
});
