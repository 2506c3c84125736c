// Nobody is at the computer: the ledger locks itself, shows nothing, is closed, and loses nothing that was being typed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { FLAWS } from "./flaws.mjs";
import { makeLedger, registerChild } from "./people.mjs";

const PASSWORD = "石桥村的一句好记的话";
const BX = join(dirname(process.env.BAOXUE_BINARY), "bx");
/** The page's clock goes on by so many minutes, as if everybody had left. */
const later = (minutes) => `const now = Date.now; Date.now = () => now() + ${minutes} * 60_000;`;
/** What lies under points spread over the window, apart from the cover itself. */
const UNCOVERED = `
  const points = Array.from({ length: 400 }, (_, at) => [((at % 20) + 0.5) * innerWidth / 20, (Math.floor(at / 20) + 0.5) * innerHeight / 20]);
  return points.map(([x, y]) => document.elementFromPoint(x, y)).filter((e) => !e?.closest("dialog")).length`;

test("a ledger that nobody touches locks itself and loses nothing", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "baoxue-lock-"));
  const app = await App.open(t, { home, today: "2026-09-10", name: "lock" });
  await makeLedger(app, { way: "新建学校台账", name: "石桥村小学", code: "3152230001", person: "李老师", password: PASSWORD });
  await registerChild(app, { name: "张小明", sex: "男", birth: "2017-03-15" });
  const read = () => execFileSync(BX, ["--ledger", join(home, "ledgers", "3152230001"), "get", "student"], { env: { ...process.env, BAOXUE_PASSWORD: PASSWORD }, stdio: "pipe" }).toString();

  await t.test("nine minutes are a pause, ten are not", async () => {
    await app.press("记录家访");
    await app.type("接访人及与学生关系", "祖母");
    await app.script(later(9));
    await app.wait("const done = arguments[arguments.length - 1]; setTimeout(done, 6000)");
    assert.equal(await app.says("已锁上"), false);
    assert.throws(read, /另一个窗口/, "the window has the ledger");
    await app.script(later(1));
    await app.sees("石桥村小学的台账已锁上");
    await app.still(300);
    await app.screenshot("locked");
  });

  await t.test("nothing of a child is seen or reached, and the ledger is closed", async () => {
    assert.equal(await app.script(UNCOVERED), 0);
    assert.deepEqual(await app.script(FLAWS), []);
    await app.keys("Escape", "F3", "Alt+2");
    assert.equal(await app.script(UNCOVERED), 0);
    assert.match(read(), /张小明/);
  });

  await t.test("the password brings back what was being typed", async () => {
    await app.type("口令", "不是这一句口令不是");
    await app.press("打开");
    await app.sees("口令不对");
    await app.screenshot("wrong");
    await app.type("口令", PASSWORD);
    await app.keys("Enter");
    await app.until(`return !document.querySelector("dialog")`);
    assert.equal(await app.holds("接访人及与学生关系"), "祖母");
    await app.tick("家访方式", "入户");
    await app.keys("Control+Enter");
    await app.sees("已保存家访记录");
    await app.screenshot("saved");
  });

  await t.test("what lies open over a screen is covered too; whoever comes next may close the ledger instead", async () => {
    await app.press("修改历史");
    await app.sees("撤销这次修改");
    await app.script(later(11));
    await app.sees("已锁上");
    await app.still(300);
    assert.equal(await app.script(UNCOVERED), 0);
    await app.keys("x");
    assert.equal(await app.holds("口令"), "x", "the cursor stands at the password");
    await app.activate("关闭台账");
    await app.sees("打开已有台账");
    assert.equal(await app.says("张小明"), false);
  });
});
