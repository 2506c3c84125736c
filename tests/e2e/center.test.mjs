// The last day of the month at a center, in the real window: forty packages in one drop, three true differences settled, one
// child entered twice, one on its way to another school, receipts, and the schools green after taking them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { lookInFolder, openFolder, steps } from "./people.mjs";

const TODAY = "2026-09-10";
const PASSWORD = "sample-2026";
const CENTER = "禾塘镇中心学校";
const TWICE = "欧阳小满";

const home = mkdtempSync(join(tmpdir(), "baoxue-center-"));
const town = join(home, "town");
/** The folder that forty sticks were copied into; the sample township leaves its own there. */
const drop = join(town, "stick");

const BX = join(dirname(process.env.BAOXUE_BINARY), "bx");

function bx(words, rows = []) {
  const options = { cwd: town, encoding: "utf8", env: { ...process.env, BAOXUE_PASSWORD: PASSWORD }, input: rows.map((row) => JSON.stringify(row)).join("\n"), maxBuffer: 1 << 27 };
  return execFileSync(BX, [...words, "--today", TODAY], options).trim();
}

const rowsOf = (ledger, record) => bx(["--ledger", ledger, "get", record]).split("\n").filter(Boolean).map((line) => JSON.parse(line));
const put = (ledger, record, rows) => bx(["--ledger", ledger, "put", record], rows).split("\n");
const send = (ledger, to = []) => JSON.parse(bx(["--ledger", ledger, "export", ...to, "--out", drop, "--json"])).file;

/** A center and forty schools whose packages wait in one folder; what is to be told apart, settled and answered is in them. */
function makeTown() {
  mkdirSync(town, { recursive: true });
  const made = execFileSync(BX, ["demo", town, "--schools", "40", "--students", "80", "--seed", "1", "--today", TODAY], { encoding: "utf8" });
  const nameOf = (ledger) => new RegExp(`^\\s*(\\S+)\\s+\\S+/${ledger}$`, "m").exec(made)[1];
  const names = Object.fromEntries(["school-02", "school-05", "school-06"].map((ledger) => [ledger, nameOf(ledger)]));
  // Two children of one school, their telephones changed at the center and at the school.
  const children = rowsOf("school-02", "student").slice(0, 2).map((row) => row.id);
  bx(["--ledger", "center", "take", drop]);
  put("center", "student", children.map((id, at) => ({ id, phone: `1640009000${at}` })));
  put("school-02", "student", children.map((id, at) => ({ id, phone: `1640009100${at}` })));
  // One child entered by two schools.
  for (const ledger of ["school-03", "school-04"]) put(ledger, "student", [{ name: TWICE, sex: "2", birth_date: "2016-05-08", grade: "13", class: "1" }]);
  // One child handed over, as far as the new school's desk.
  const [leaving] = rowsOf("school-05", "student");
  bx(["--ledger", "school-05", "transfer", "offer", leaving.id, "--to", names["school-06"]]);
  bx(["--ledger", "center", "merge", send("school-05")]);
  bx(["--ledger", "school-06", "merge", send("center", ["--to", names["school-06"]])]);
  return { names, leaving, phones: children.map((_, at) => `1640009100${at}`) };
}

const open = (app, ledger, name) => openFolder(app, { folder: join(town, ledger), password: PASSWORD, name });

test("a center takes forty packages in one drop, settles, joins, answers, and its schools turn green", async (t) => {
  const step = steps(t);
  const began = Date.now();
  const { names, leaving, phones } = makeTown();
  t.diagnostic(`forty schools made in ${Math.round((Date.now() - began) / 1000)} s`);
  const app = await App.open(t, { home: join(home, "desk"), today: TODAY, name: "center" });

  await step("the new school sees what is handed over, and takes the child in", async () => {
    await open(app, "school-06", names["school-06"]);
    await app.sees("1 件转学移交等着办理");
    await app.press("转学办理中");
    await app.sees(leaving.name);
    await app.press("看移交内容", { near: leaving.name });
    await app.sees("只有下面这些");
    await app.type("班级", "1");
    await app.screenshot("hand-over");
    await app.press("接收", { near: leaving.name });
    await app.sees("已接收，下一份上报文件会告诉原学校");
    await app.press("关闭台账");
    await app.sees("打开已有台账");
  });

  await step("forty schools send their packages", async () => {
    for (let school = 1; school <= 40; school += 1) send(`school-${String(school).padStart(2, "0")}`);
  });

  await step("the center takes all forty in one drop; receipts are written, differences wait", async () => {
    await open(app, "center", CENTER);
    await lookInFolder(app, "收 U 盘", drop);
    await app.press("全部接收（40 份）");
    await app.sees("接收结果");
    await app.sees("可以安全拔出");
    await app.sees("待选定 2 处");
    await app.screenshot("taken");
  });

  await step("three true differences are settled: one by itself, the others alike", async () => {
    await app.press("去选定");
    for (const phone of phones) await app.sees(phone);
    await app.press("这条记录的其他内容", { near: phones[0] });
    await app.sees("出生日期");
    await app.screenshot("settle");
    await app.press("采用这个", { near: phones[0] });
    await app.press(`同类的 2 处都采用“${CENTER}”填写的`, { near: phones[1] });
    await app.sees("没有要选定的内容");
  });

  await step("a child entered by two schools is one child, whatever each school wrote", async () => {
    await app.pressLine("疑似重复");
    await app.sees(TWICE);
    await app.press("并排对照", { near: TWICE });
    await app.sees("姓名和出生日期相同");
    await app.screenshot("side-by-side");
    await app.pressLine("是同一个孩子");
    await app.sees("已合为一个孩子");
    await app.sees("已合为一个的");
    await app.screenshot("joined");
  });

  await step("the child that moved is in one roster, and the board says how each school stands", async () => {
    await app.pressLine("转学办理中");
    await app.sees(leaving.name);
    await app.sees("已接收");
    await app.screenshot("transfers");
    await app.press("收 U 盘");
    await app.sees("共 40 所，已报送 40 所，待选定 0 处");
    await app.screenshot("board");
    await app.press("下发和上交");
    await app.press("写好各校的下发文件");
    await app.sees("可以安全拔出");
    assert.ok(readdirSync(drop).length > 80, "packages, receipts and what goes down lie in the folder");
  });

  await step("the schools turn green after taking what came back", async () => {
    await open(app, "school-05", names["school-05"]);
    await lookInFolder(app, "接收下发", drop);
    await app.press("接收文件和回执");
    await app.sees("接收结果");
    await app.pressLine("转学办理中");
    await app.sees("已接收");
    await app.press("上报");
    await app.sees("已送到");
    await app.screenshot("green");
    await app.press("学生");
    await app.sees("条");
    assert.ok(!(await app.says(leaving.name)) || (await app.says("转出")), "the child is out of the old roster");
  });
  t.diagnostic(`done in ${Math.round((Date.now() - began) / 1000)} s`);
});
