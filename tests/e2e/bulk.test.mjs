// Many rows at once, by keyboard alone; what the check finds in them; the school year that begins with them.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { makeLedger, steps } from "./people.mjs";

/** What stands in the cell the cursor is in. */
const CELL = "return document.activeElement?.closest('[role=grid]') ? document.activeElement.value : null;";

test("children are typed as in a spreadsheet, checked, and changed together", async (t) => {
  const step = steps(t);
  const app = await App.open(t, { home: mkdtempSync(join(tmpdir(), "baoxue-bulk-")), today: "2026-08-30", name: "bulk" });
  await makeLedger(app, { way: "新建学校台账", name: "白水村小学", code: "3152230009", person: "周老师", password: "白水村的一句好记的话" });

  await step("two children are typed and saved by keyboard alone", async () => {
    await app.press("学生");
    await app.press("成批…");
    await app.press("成批填写");
    await app.sees("Ctrl+D 向下填充");
    assert.equal(await app.script(CELL), "", "the cursor stands in the first cell");
    await app.keys(..."杨小溪", "Enter", ..."龙大山", "Enter");
    await app.screenshot("sheet");
    await app.keys("Control+Enter");
    await app.sees("已保存 2 条学生");
    await app.sees("共 2 条");
  });

  await step("the check names what is missing, child by child", async () => {
    await app.press("校验");
    await app.sees("检查了 2 名学生");
    await app.sees("杨小溪");
    await app.screenshot("findings");
  });

  await step("a new school year is rehearsed before it begins", async () => {
    await app.press("学生");
    await app.press("新学年升级");
    await app.sees("开学日期");
    await app.screenshot("rollover");
  });

  await step("a child's page says who is responsible", async () => {
    await app.press("学生");
    await app.pressLine("杨小溪");
    await app.sees("还没有落实责任人");
    await app.screenshot("child");
  });

  await step("a backup is made and checked", async () => {
    await app.press("设置");
    await app.type("备份到文件夹", mkdtempSync(join(tmpdir(), "baoxue-backup-")));
    await app.press("立即备份");
    await app.sees("已备份并核对过，有 2 名学生");
    await app.screenshot("backup");
  });
});
