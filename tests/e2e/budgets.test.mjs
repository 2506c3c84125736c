// What the everyday tasks may cost in keys and clicks, counted from the unlocked window (product.md); words are not counted.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { makeLedger, steps } from "./people.mjs";

const folder = mkdtempSync(join(tmpdir(), "baoxue-budgets-"));
/** A village's own layout: titles above the header, a column nobody knows, signatures below. */
const rosterOf = (name, children) => {
  const file = join(folder, name);
  const lines = children.map(([child, sex, birth, grade, away]) => `${child},${sex},${birth},${grade},1,${away},蓝队`);
  writeFileSync(file, ["望江村小学花名册,,,,,,", "姓名,性别,出生日期,年级,班级,是否留守儿童,运动会", ...lines, "校长签字：,,,,,,"].join("\n"));
  return file;
};
const SEPTEMBER = rosterOf("九月.csv", [
  ["王小燕", "女", "2015-03-02", "五年级", "父母均外出务工"],
  ["王小兵", "男", "2015-05-11", "五年级", "父母均外出务工"],
  ["李春梅", "女", "2015-06-23", "五年级", "非留守儿童"],
  ["周冬冬", "男", "2016-01-19", "四年级", "非留守儿童"],
]);
const OCTOBER = rosterOf("十月.csv", [
  ["周冬冬", "男", "2016-01-19", "四年级", "非留守儿童"],
  ["潘秋月", "女", "2015-04-30", "五年级", "父母均外出务工"],
]);

test("the everyday tasks cost no more than was promised", async (t) => {
  const step = steps(t);
  const app = await App.open(t, { home: join(folder, "home"), today: "2026-10-12", name: "budgets" });
  /** Does something and holds what it cost against what it may cost. */
  const within = async (most, act) => {
    const [keys, clicks] = [app.keysPressed, app.clicks];
    const words = (await act()) ?? 0;
    const cost = { keys: app.keysPressed - keys - words, clicks: app.clicks - clicks };
    assert.ok(cost.clicks <= (most.clicks ?? 0) && cost.keys <= (most.keys ?? 0), `it cost ${JSON.stringify(cost)}`);
  };
  await makeLedger(app, { way: "新建学校台账", name: "望江村小学", code: "", person: "陆老师", password: "望江村的一句好记的话" });

  await step("a roster in a foreign layout is looked through once, and the second time takes two clicks and its file", async () => {
    await app.press("导入花名册");
    await app.type("表格文件", SEPTEMBER);
    await app.press("读取表格");
    await app.sees("共 4 行数据");
    await app.press("预演");
    await app.press("导入 4 行");
    await app.press("查看学生");
    await app.sees("共 4 条");
    await within({ clicks: 3 }, async () => {
      await app.press("导入花名册");
      await app.type("表格文件", OCTOBER);
      await app.press("读取表格");
      await app.press("导入 1 行");
      await app.sees("导入结果");
      return OCTOBER.length;
    });
  });

  await step("a child is found by its initials", async () => {
    await within({ keys: 5 }, async () => {
      await app.keys("F3", "l", "c", "m");
      await app.sees("五年级(1)班");
      await app.keys("Enter");
      await app.sees("经过");
    });
  });

  await step("a telephone call is two keys from the child's page, its words, and the key that saves", async () => {
    const words = "妈妈说下周一送来";
    await app.still(200);
    await within({ keys: 3 }, async () => {
      await app.keys("Tab", "Enter");
      await app.sees("通话内容");
      await app.still(200);
      await app.keys(...words);
      await app.keys("Control+Enter");
      await app.sees("已保存电话联系记录");
      await app.sees(words);
      return words.length;
    });
  });

  await step("a mistake is corrected in four clicks at most", async () => {
    await within({ clicks: 4 }, async () => {
      await app.search("lcm");
      await app.keys("Enter");
      await app.sees("经过");
      await app.press("修改");
      await app.type("出生日期", "2015-06-24");
      await app.press("保存");
      await app.sees("已保存学生");
      return "lcm".length + 1 + "2015-06-24".length;
    });
  });

  await step("a class register is three clicks from the dialog for printers, and the preview is the paper", async () => {
    const paper = join(folder, "paper");
    mkdirSync(paper);
    await within({ clicks: 3 }, async () => {
      await app.press("打印");
      await app.press("五年级(1)班（4 人）");
      await app.sees("第 1 页");
      await app.still(300);
      await app.screenshot("register");
      await app.type("保存为", join(paper, "名册.pdf"));
      await app.press("保存并打印");
      await app.sees(`页：${join(paper, "名册.pdf")}`);
      return join(paper, "名册.pdf").length;
    });
    assert.equal(readFileSync(join(paper, "名册.pdf")).subarray(0, 5).toString(), "%PDF-");
  });

  await step("left-behind girls in grade five are a number after three clicks, and the number opens their names", async () => {
    await within({ clicks: 4 }, async () => {
      await app.press("报表与统计");
      await app.press("交叉统计");
      await app.press("留守 3");
      await app.still(300);
      await app.screenshot("left-behind");
      await app.pressNumber("五年级", "女");
      await app.sees("在校学生 · 留守 · 五年级 · 女");
      for (const name of ["王小燕", "潘秋月"]) await app.sees(name);
    });
    assert.ok(!(await app.says("李春梅")), "a girl who is not left behind is not among them");
  });
});
