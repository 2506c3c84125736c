// Keyboard alone suffices, and what was typed survives whatever happens to the window.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { changeTo, makeLedger, registerChild, steps } from "./people.mjs";

const PASSWORD = "岩脚村的一句好记的话";
const SCHOOL = "岩脚村教学点";

test("a teacher works with the keyboard alone, and a form left half-way is found again", async (t) => {
  const step = steps(t);
  const app = await App.open(t, { home: mkdtempSync(join(tmpdir(), "baoxue-keys-")), today: "2026-09-10", name: "keys" });
  await makeLedger(app, { way: "新建学校台账", name: SCHOOL, code: "", person: "何老师", password: PASSWORD });
  await registerChild(app, { name: "欧阳晨曦", sex: "女", birth: "2016-12-25" });

  await step("a visit with two findings costs at most forty keys besides its words", async () => {
    const before = app.keysPressed;
    await app.keys("F3", "o", "y", "c", "x");
    await app.sees("女");
    await app.keys("Enter");
    await app.sees("经过");
    await app.keys("Enter");
    await app.sees("登记家访记录：欧阳晨曦");
    await app.keys("Space");
    await app.tabTo("接访人及与学生关系");
    await app.keys(..."奶奶");
    await app.tabTo("发现的情况");
    await app.keys("Right", "Space", "Right", "Right", "Space");
    await app.screenshot("visit");
    await app.keys("Control+Enter");
    await app.sees("已保存家访记录");
    for (const words of ["入户", "奶奶", "逃学旷课", "监护不到位"]) await app.sees(words);
    assert.ok(app.keysPressed - before <= 40 + "奶奶".length, `it cost ${app.keysPressed - before} keys`);
  });

  await step("what was typed and not saved is there after the window was closed", async () => {
    await app.press("修改");
    await app.type("商定措施", "每周五放学后电话联系奶奶");
    await app.still(1200);
    await app.restart();
    await changeTo(app, SCHOOL, PASSWORD);
    await app.press("家访");
    await app.pressLine("欧阳晨曦");
    await app.press("修改");
    await app.sees("已恢复上次没有保存的内容");
    assert.equal(await app.holds("商定措施"), "每周五放学后电话联系奶奶");
    await app.keys("Control+Enter");
    await app.sees("已保存家访记录");
  });

  await step("all that is wrong is told at once beside its field, and nothing typed is lost", async () => {
    await app.press("家访");
    await app.press("记录家访");
    await app.sees("是哪个孩子？");
    await app.keys("o", "y", "c", "x");
    await app.sees("女");
    await app.keys("Enter");
    await app.sees("登记家访记录：欧阳晨曦");
    await app.type("家访日期", "2026-10-01");
    await app.type("下次跟进日期", "9月");
    await app.keys("Control+Enter");
    await app.sees("不能晚于今天。");
    await app.sees("“9月”不是日期。请写成 2026-09-01 或 2026年9月1日。");
    assert.equal(await app.holds("下次跟进日期"), "9月");
    await app.screenshot("refused");
  });

  await step("a deleted child can be brought back at once", async () => {
    await app.press("学生");
    await app.pressLine("欧阳晨曦");
    await app.press("删除");
    await app.sees("已删除");
    await app.press("撤销");
    await app.sees("已恢复");
    await app.sees("2016-12-25");
  });
});
