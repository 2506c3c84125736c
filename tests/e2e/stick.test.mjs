// One stick between a school and its center: plugged in, seen, one click, receipt on that stick, out. Then what may go wrong
// with it: twelve digits over the telephone, a difference put off, a whole merge taken back, a copied ledger registered anew.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { close, lookInFolder, openFolder, steps } from "./people.mjs";

const BX = join(dirname(process.env.BAOXUE_BINARY ?? ""), "bx");
const PASSWORD = "stick-2026-秋";
const TODAY = "2026-09-10";
const [SCHOOL, CENTER] = ["石桥村小学", "禾塘镇中心学校"];
/** What a stick may cost, ms, from its plugging in until it may go. */
const OUT_MS_MAX = 30_000;

const home = mkdtempSync(join(tmpdir(), "baoxue-stick-"));
const stick = join(home, "stick");
const plug = () => symlinkSync(stick, process.env.BAOXUE_STICK);
const pull = () => unlinkSync(process.env.BAOXUE_STICK);
const lies = (ending) => readdirSync(stick).filter((name) => name.endsWith(ending)).length;

function bx(ledger, words, rows = []) {
  const options = { cwd: home, encoding: "utf8", env: { ...process.env, BAOXUE_PASSWORD: PASSWORD }, input: rows.map((row) => JSON.stringify(row)).join("\n") };
  return execFileSync(BX, ["--today", TODAY, "--ledger", ledger, ...words], options).trim();
}

const put = (ledger, rows) => bx(ledger, ["put", "student"], rows).split("\n");
const send = () => JSON.parse(bx("school", ["export", "--out", stick, "--json"]));

function makePair() {
  mkdirSync(stick);
  for (const [ledger, kind, name] of [["school", "school", SCHOOL], ["center", "center", CENTER]]) bx(ledger, ["init", "--kind", kind, "--name", name, "--low-memory"]);
  bx("center", ["enrol", "invite", "--out", "1"]);
  bx("school", ["enrol", "request", "--in", "1", "--out", "2"]);
  bx("center", ["enrol", "grant", "--in", "2", "--out", "3"]);
  bx("school", ["enrol", "accept", "--in", "3"]);
  return put("school", [1, 2, 3].map((n) => ({ name: `王小${"甲乙丙"[n - 1]}`, sex: "1", birth_date: "2016-03-04", grade: "13", class: "1" })));
}

const open = (app, ledger, name) => openFolder(app, { folder: join(home, ledger), password: PASSWORD, name });

test("one stick: seen, one click, receipt on it, out; and what may go wrong with it", async (t) => {
  const step = steps(t);
  const [first, second, third] = makePair();
  send();
  const app = await App.open(t, { home: join(home, "desk"), today: TODAY, name: "stick" });
  t.after(() => readdirSync(dirname(process.env.BAOXUE_STICK)).length > 0 && pull());

  await step("a center's stick: insert, seen, one click, receipt on it, out", async () => {
    await open(app, "center", CENTER);
    await app.press("上报与接收");
    await app.sees("请插入 U 盘");
    await app.screenshot("no-stick");
    const clicks = app.clicks;
    const began = Date.now();
    plug();
    await app.sees("看到 U 盘“STICK”：1 个文件包，0 份回执");
    await app.sees(`来自：${SCHOOL}`);
    await app.screenshot("seen");
    await app.press("全部收下，回执写回这支 U 盘");
    await app.sees("可以安全拔出");
    const took = Date.now() - began;
    t.diagnostic(`the stick may go after ${took} ms and ${app.clicks - clicks} click`);
    assert.ok(took <= OUT_MS_MAX && app.clicks - clicks === 1);
    assert.equal(lies(".bxr"), 1, "the receipt lies on that stick");
    await app.screenshot("out");
    pull();
    await app.sees("请插入 U 盘");
  });

  await step("at the school the same stick says what has arrived", async () => {
    await open(app, "school", SCHOOL);
    plug();
    await app.sees("看到 U 盘“STICK”：0 个文件包，1 份回执");
    await app.screenshot("school-today");
    await app.press("全部收下，回执写回这支 U 盘");
    await app.sees("可以安全拔出");
    pull();
    await app.press("上报与接收");
    await app.sees("已送到");
    await app.screenshot("green");
  });

  await step("a lost stick: twelve digits are read out over the telephone", async () => {
    await close(app);
    put("center", [{ id: first, phone: "16400090001" }]);
    put("school", [{ id: first, phone: "16400091001" }]);
    const sealed = send();
    await open(app, "center", CENTER);
    await lookInFolder(app, "收 U 盘", stick);
    await app.press("接收", { near: `第 ${sealed.number} 号` });
    await app.sees("核对码（学校打电话来问时，请报这组数字）：");
    const code = /请报这组数字）：\s*([\d\s]{12,})/.exec(await app.text())[1].replace(/\s/g, "").slice(0, 12);
    await app.screenshot("code-center");
    await open(app, "school", SCHOOL);
    await app.press("上报与接收");
    await app.sees("未收到回执");
    await app.type("核对码", "000000000000");
    await app.press("核对");
    await app.sees("没有核对码为");
    await app.type("核对码", `${code.slice(0, 4)} ${code.slice(4, 8)} ${code.slice(8)}`);
    await app.press("核对");
    await app.sees(`已送到：第 ${sealed.number} 号`);
    assert.ok(!(await app.says("未收到回执")));
    await app.screenshot("code-school");
  });

  await step("a difference is put off, and stays so after a restart", async () => {
    await open(app, "center", CENTER);
    await app.press("去选定");
    await app.sees("16400091001");
    await app.press("以后再定");
    await app.sees("暂不处理的 1 处");
    await app.restart();
    await open(app, "center", CENTER);
    assert.ok(!(await app.says("处填写不同，请选定")), "what was put off does not press");
    await app.press("上报与接收");
    await app.sees("另有 1 处以后再定");
    await app.pressLine("填写不同，请选定");
    await app.press("再拿出来");
    await app.screenshot("put-off");
    await app.press("重新拿出来");
    await app.sees("采用这个");
  });

  await step("a whole merge is taken back, and counts again", async () => {
    await close(app);
    put("school", [{ name: "李多余", sex: "2", birth_date: "2016-05-06", grade: "13", class: "1" }]);
    const sealed = send();
    await open(app, "center", CENTER);
    await lookInFolder(app, "收 U 盘", stick);
    await app.press("接收", { near: `第 ${sealed.number} 号` });
    await app.sees(`已接收“${SCHOOL}”第 ${sealed.number} 号上报文件`);
    await app.press("学生");
    await app.sees("共 4 条");
    await app.press("上报与接收");
    await app.press("已接收");
    await app.press("看看带来了什么", { near: `第 ${sealed.number} 号` });
    await app.press("整包撤回……");
    await app.sees("台账将回到接收");
    await app.sees("李多余");
    await app.screenshot("take-back");
    await app.press("确认撤回");
    await app.sees(`已整包撤回“${SCHOOL}”第 ${sealed.number} 号`);
    await app.press("学生");
    await app.sees("共 3 条");
    await app.press("上报与接收");
    await app.press("已接收");
    await app.press("看看带来了什么", { near: `第 ${sealed.number} 号` });
    await app.press("重新计入");
    await app.sees(`已重新计入“${SCHOOL}”第 ${sealed.number} 号`);
    await app.screenshot("counts-again");
    await app.press("学生");
    await app.sees("共 4 条");
  });

  await step("what the center does not count comes down row by row, with the reason", async () => {
    await close(app);
    const [{ package: last }] = JSON.parse(bx("center", ["merges", "--json"]));
    bx("center", ["undo", "--merge", last]);
    bx("center", ["receipt", "write", "--to", SCHOOL, "--out", stick]);
    await open(app, "school", SCHOOL);
    plug();
    await app.press("全部收下，回执写回这支 U 盘");
    await app.sees("可以安全拔出");
    await app.sees("对方没有采用本单位填写的 2 条记录");
    pull();
    await app.pressLine("看是哪些、为什么");
    await app.sees("对方收到但没有采用的记录");
    await app.sees("李多余");
    await app.sees("对方把带来它的那份文件整个撤回了");
    await app.screenshot("refused-rows");
    await close(app);
    assert.match(bx("school", ["refused-rows"]), /李多余/);
    bx("center", ["undo", "--merge", last, "--again"]);
  });

  await step("one child against two children is settled like any other difference", async () => {
    bx("school", ["same", second, third, "--why", "户口簿上是同一个人"]);
    bx("center", ["same", second, third, "--not", "--why", "已问家长，是双胞胎"]);
    send();
    bx("center", ["take", stick]);
    await open(app, "center", CENTER);
    await app.press("去选定");
    await app.sees("是同一个孩子");
    await app.sees("是两个孩子");
    await app.screenshot("one-or-two");
    await app.press("采用这个", { near: "是两个孩子" });
    await app.press("学生");
    await app.sees("共 4 条");
    await app.press("上报与接收");
    await app.pressLine("填写不同，请选定");
    await app.sees("16400091001");
    assert.ok(!(await app.says("是两个孩子")));
  });

  await step("a center says which program its schools should work with", async () => {
    await app.press("建立联系");
    await app.sees("没有规定各校程序的版本");
    await app.pressLine("要求各校至少用");
    await app.sees("要求各校的程序不低于");
    await app.screenshot("program-wanted");
  });

  await step("a copied ledger is told of, and registered anew in two clicks", async () => {
    await close(app);
    cpSync(join(home, "school"), join(home, "copy"), { recursive: true });
    put("school", [{ id: second, phone: "16400091002" }]);
    send();
    put("copy", [{ id: second, village: "东沟村" }]);
    bx("copy", ["export", "--out", stick, "--json"]);
    bx("center", ["take", stick, "--receipts", stick]);
    await open(app, "copy", SCHOOL);
    plug();
    await app.press("全部收下，回执写回这支 U 盘");
    await app.sees("可能有另一台电脑用的是同一本台账的拷贝");
    await app.screenshot("copy-told");
    const clicks = app.clicks;
    await app.press("重新登记本机…");
    await app.type("本台账的口令", PASSWORD);
    await app.press("重新登记本机");
    await app.sees("已重新登记，本机的新编号是");
    assert.equal(app.clicks - clicks, 2);
    await app.screenshot("registered-anew");
    pull();
  });
});
