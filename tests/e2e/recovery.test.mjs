// The head prints a recovery sheet on the first day and types a group back from the paper; when the password is forgotten,
// the sheet opens the ledger, and another password takes its place.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { changeTo, close, makeLedger } from "./people.mjs";

const PASSWORD = "石桥村的一句好记的话";
const FRESH = "换过的口令也是一句话";

test("a forgotten password is replaced with the recovery sheet", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "baoxue-recovery-"));
  const app = await App.open(t, { home, today: "2026-09-10", name: "recovery" });
  await app.resize(1366, 768);
  await makeLedger(app, { way: "新建学校台账", name: "石桥村小学", code: "3152230001", person: "李老师", password: PASSWORD });
  await app.screenshot("reminded");
  await app.press("去打印恢复表");
  await app.sees("还没有恢复表。");
  const file = join(home, "恢复表.pdf");
  await app.type("恢复表存为", file);
  await app.type("现在的口令", PASSWORD);
  await app.press("写出恢复表");
  await app.sees("已有一张有效的恢复表");
  const text = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  const groups = text.match(/\b[0-9A-HJKMNP-TV-Z]{5}\b/g);
  assert.equal(groups.length, 8, text);
  const number = Number((await app.text()).match(/照纸上输入第 (\d) 组/)[1]);
  const label = `打印出来，照纸上输入第 ${number} 组：`;
  await app.type(label, groups[number % 8]);
  await app.press("核对");
  await app.sees("不一样。请再看一遍");
  await app.type(label, groups[number - 1].toLowerCase());
  await app.press("核对");
  await app.sees("一样。请签名盖章");
  await app.still(300);
  await app.screenshot("written");
  assert.deepEqual(await app.flaws(), []);

  await close(app);
  await app.pressLine("石桥村小学");
  await app.sees("忘了口令，可以输入恢复表上的八组字。");
  const wrong = groups.with(4, groups[5]).join(" ");
  await app.type("口令", wrong);
  await app.press("打开");
  await app.sees("恢复表上的第 5 组输错了");
  await app.screenshot("mistyped");
  await app.type("口令", groups.join(" "));
  await app.press("打开");
  await app.sees("名学生");
  await app.press("设置");
  await app.press("换口令");
  await app.type("现在的口令，或恢复表上的八组字", groups.join(""));
  await app.type("新口令（至少十个字）", FRESH);
  await app.type("新口令再输一遍", FRESH.slice(1));
  await app.sees("两遍不一样。");
  await app.type("新口令再输一遍", FRESH);
  await app.press("换成新口令");
  await app.sees("口令已换");
  await app.still(300);
  await app.screenshot("changed");
  await changeTo(app, "石桥村小学", FRESH);
  assert.ok(!(await app.says("去打印恢复表")));
  await app.press("设置");
  await app.press("深色");
  await app.press("English");
  await app.press("Another password");
  await app.still(300);
  await app.screenshot("in-english");
  assert.deepEqual(await app.flaws(), []);
});
