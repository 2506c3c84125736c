// The main job, in the real window, by what the screen says: a village keeps its ledger, the center merges it, paper comes out.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { changeTo, lookInFolder, makeLedger, steps } from "./people.mjs";

const TODAY = "2026-09-10";
const ROSTER = fileURLToPath(new URL("roster.xlsx", import.meta.url));
const VILLAGE = "石桥村小学";
const CENTER = "石桥乡中心校";
const VILLAGE_PASSWORD = "石桥村的一句好记的话";
const CENTER_PASSWORD = "中心校的另一句好记的话";
const CHILD = "张小明";

const folder = mkdtempSync(join(tmpdir(), "baoxue-walk-"));
const stick = join(folder, "stick");
const paper = join(folder, "paper");
/** What stands on the center's sheet. */
let centerDigits = [];
mkdirSync(paper);

async function openChild(app, initials) {
  await app.search(initials);
  await app.sees("三年级(1)班");
  await app.keys("Enter");
  await app.sees("记录家访");
}

async function changePhone(app, phone) {
  await app.press("修改");
  await app.type("联系电话", phone);
  await app.keys("Control+Enter");
  await app.sees("已保存学生");
}

/** Groups of digits, the first six of a text. */
const digitsOn = (text) => [...text.matchAll(/\b\d{5}\b/g)].map(String).slice(0, 6);

/** Writes a sheet beside the files of the stick; gives what stands on it. */
async function printSheet(app, button, name) {
  await app.press(button);
  await app.sees(`已写好：${join(stick, name)}`);
  return execFileSync("pdftotext", ["-layout", join(stick, name), "-"], { encoding: "utf8" });
}

async function printPdf(app, name) {
  const file = join(paper, name);
  await app.sees("第 1 页");
  await app.type("保存为", file);
  await app.press("保存 PDF");
  await app.sees(`页：${file}`);
  assert.equal(readFileSync(file).subarray(0, 5).toString(), "%PDF-");
  await app.screenshot(name.replace(".pdf", ""));
}

async function makePackage(app, number) {
  const before = app.clicks;
  await app.press("上报与接收");
  await app.type("U 盘或文件夹", stick);
  await app.press("生成上报文件", { near: "交给" });
  await app.sees("可以安全拔出");
  assert.ok(app.clicks - before <= 4, "a package costs at most four clicks");
  await app.sees(`第 ${number} 号上报文件已写好并核对过`);
  await app.screenshot(`package-${number}-made`);
}

test("a village keeps its ledger, the center merges it, and everything is there after a restart", async (t) => {
  const step = steps(t);
  const app = await App.open(t, { home: join(folder, "home"), today: TODAY, name: "walk" });

  await step("the first screen offers four ways to begin, in Chinese or English", async () => {
    for (const way of ["新建学校台账", "新建中心校台账", "打开已有台账", "试用示例乡镇"]) await app.sees(way);
    await app.screenshot("first-start");
    await app.press("English");
    await app.sees("Make a school's ledger");
    await app.press("中文");
  });

  await step("a center makes its ledger and invites", async () => {
    await makeLedger(app, { way: "新建中心校台账", name: CENTER, code: "3552230001", person: "陈登记", password: CENTER_PASSWORD });
    await app.press("上报与接收");
    await app.press("建立联系");
    await app.type("写到文件夹", stick);
    await app.press("写邀请文件");
    await app.sees("邀请文件已写好");
    await printSheet(app, "打印邀请表", `${CENTER}-邀请表.pdf`);
    centerDigits = digitsOn(await app.text());
    await app.screenshot("invited");
    await app.press("关闭台账");
    await app.sees("打开已有台账");
  });

  await step("a teacher makes the school's ledger with a password", async () => {
    await makeLedger(app, { way: "新建学校台账", name: VILLAGE, code: "3152230001", person: "李老师", password: VILLAGE_PASSWORD });
    await app.screenshot("today-empty");
  });

  await step("a roster workbook is imported after a rehearsal that tells every doubt", async () => {
    await app.press("导入花名册");
    await app.type("表格文件", ROSTER);
    await app.press("读取表格");
    await app.sees("共 12 行数据");
    await app.screenshot("import-columns");
    await app.press("预演");
    await app.sees("预演结果（还没有写入）");
    await app.sees("被表格软件改坏的身份证号");
    await app.screenshot("import-rehearsal");
    await app.press("导入 12 行");
    await app.sees("导入结果");
    await app.press("查看学生");
    await app.sees("共 12 条");
    await app.screenshot("students");
  });

  await step("a child is found by pinyin initials, with class and village", async () => {
    const before = app.keysPressed;
    await app.search("zxm");
    await app.sees("三年级(1)班");
    await app.screenshot("search");
    await app.keys("Enter");
    await app.sees("记录家访");
    assert.ok(app.keysPressed - before <= 6, "finding a child costs at most six keys");
    await app.screenshot("child");
  });

  await step("a home visit is recorded, and a case opened from it without typing anything twice", async () => {
    await app.press("记录家访");
    await app.tick("家访方式", "入户");
    await app.type("接访人及与学生关系", "爷爷");
    await app.tick("发现的情况", "有不再上学的想法");
    await app.type("商定措施", "下周一由班主任接回学校");
    await app.type("下次跟进日期", "2026年9月14日");
    await app.screenshot("visit-form");
    await app.keys("Control+Enter");
    await app.sees("已保存家访记录");
    await app.screenshot("visit");
    await app.press("建立辍学个案");
    await app.type("离校日期", "2026.9.7");
    await app.choose("主要原因", "外出务工");
    await app.keys("Control+Enter");
    await app.sees("已保存辍学个案");
    await app.sees("发现于家访");
  });

  await step("two persuasion attempts are added to the case", async () => {
    for (const [on, result, told] of [["2026-09-08", "犹豫", "电话联系，家长说再想想"], ["2026-09-09", "同意返校", "和村干部一起上门，答应下周返校"]]) {
      await app.press("添加劝返");
      await app.type("劝返日期", on);
      await app.tick("劝返结果", result);
      await app.type("劝返情况记录", told);
      await app.keys("Control+Enter");
      await app.sees("已保存劝返记录");
      await app.sees(on);
    }
    await app.screenshot("case");
  });

  await step("the class register, the visit sheet and the dropout ledger come out as PDF", async () => {
    await app.press("打印");
    await app.press("三年级(1)班（4 人）");
    await printPdf(app, "roster.pdf");
    await app.choose("哪张表", "家访记录表");
    await printPdf(app, "visit.pdf");
    await app.choose("哪张表", "义务教育阶段辍学学生台账");
    await printPdf(app, "dropout.pdf");
  });

  await step("the school and the center get to know each other", async () => {
    await app.press("上报与接收");
    await app.sees("还没有与中心校建立联系");
    await app.press("建立联系");
    await app.type("邀请文件", join(stick, `${CENTER}-邀请.bxe`));
    await app.type("写到文件夹", stick);
    await app.press("读取文件");
    await app.sees("请照对方盖章的表");
    await app.type("第 1 组", centerDigits[0]);
    await app.type("第 6 组", centerDigits[4]);
    await app.press("核对数字，写申请文件");
    await app.sees("第 6 组数字与“石桥乡中心校”的文件不一样，没有写入任何内容");
    await app.screenshot("connect-differs");
    assert.ok(!existsSync(join(stick, `${VILLAGE}-申请.bxe`)), "nothing is written before the digits fit");
    await app.type("第 6 组", centerDigits[5]);
    await app.press("核对数字，写申请文件");
    await app.sees("申请文件已写好");
    const villageSheet = await printSheet(app, "打印申请表", `${VILLAGE}-申请表.pdf`);
    await app.screenshot("connect");
    await changeTo(app, CENTER, CENTER_PASSWORD);
    await app.press("上报与接收");
    await app.press("建立联系");
    await app.type("申请文件", join(stick, `${VILLAGE}-申请.bxe`));
    await app.type("写到文件夹", stick);
    await app.press("读取文件");
    await app.sees("请照对方盖章的表");
    const digits = digitsOn(villageSheet);
    await app.type("第 1 组", digits[0]);
    await app.type("第 6 组", digits[5]);
    await app.press("核对数字，列入名录并写答复文件");
    await app.sees("已把“石桥村小学”列入名录");
    assert.deepEqual(digitsOn(await printSheet(app, "打印登记表", `${VILLAGE}-登记表.pdf`)), centerDigits, "the record has both sides");
    await changeTo(app, VILLAGE, VILLAGE_PASSWORD);
    await app.press("上报与接收");
    await app.press("建立联系");
    await app.type("答复文件", join(stick, `${CENTER}-答复.bxe`));
    await app.press("完成");
    await app.sees("可以生成上报文件了");
  });

  await step("the school's package reaches the stick", async () => {
    await makePackage(app, 1);
    assert.equal(readdirSync(stick).filter((name) => name.endsWith(".bxp")).length, 1);
  });

  await step("the center rehearses it, merges it, and hears the second time that nothing is new", async () => {
    await changeTo(app, CENTER, CENTER_PASSWORD);
    await lookInFolder(app, "收 U 盘", stick);
    await app.press("先看看会改什么", { near: "第 1 号" });
    await app.sees("学生 12 条");
    await app.screenshot("merge-rehearsal");
    await app.press("确认接收");
    await app.sees("已接收“石桥村小学”第 1 号上报文件");
    await app.sees("已接收过");
    await app.press("接收", { near: "第 1 号" });
    await app.sees("已接收过，无新内容");
    await app.screenshot("merged");
  });

  await step("the center and the school change the same telephone number differently", async () => {
    await openChild(app, "zxm");
    await changePhone(app, "13800000001");
    await changeTo(app, VILLAGE, VILLAGE_PASSWORD);
    await openChild(app, "zxm");
    await changePhone(app, "13900000002");
    await makePackage(app, 2);
  });

  await step("the one true conflict shows both values and who wrote them, and a person settles it", async () => {
    await changeTo(app, CENTER, CENTER_PASSWORD);
    await lookInFolder(app, "收 U 盘", stick);
    await app.press("接收", { near: "第 2 号" });
    await app.sees("已接收“石桥村小学”第 2 号上报文件");
    const before = app.clicks;
    await app.press("去选定");
    for (const text of ["13800000001", "13900000002", "陈登记", "李老师"]) await app.sees(text);
    await app.screenshot("settle");
    await app.press("采用这个", { near: "13900000002" });
    await app.sees("没有要选定的内容");
    assert.ok(app.clicks - before <= 3, "a difference is settled in at most three clicks");
    await openChild(app, "zxm");
    await app.sees("13900000002");
    await app.press("修改历史");
    await app.sees("选定");
    await app.sees("13800000001");
    await app.screenshot("history");
    await app.keys("Escape");
  });

  await step("an edit is taken back", async () => {
    await changePhone(app, "13700000003");
    await app.sees("13700000003");
    await app.press("撤销");
    await app.sees("已撤销");
    await app.sees("13900000002");
  });

  await step("everything is there after a restart", async () => {
    await app.restart();
    await changeTo(app, VILLAGE, VILLAGE_PASSWORD);
    await openChild(app, "zxm");
    for (const text of ["13900000002", "犹豫", "同意返校"]) await app.sees(text);
    await app.screenshot("after-restart");
    await app.pressLine("有不再上学的想法");
    await app.sees("下周一由班主任接回学校");
    await changeTo(app, CENTER, CENTER_PASSWORD);
    await openChild(app, "zxm");
    await app.sees("13900000002");
  });

  for (const name of ["roster.pdf", "visit.pdf", "dropout.pdf"]) {
    assert.ok(existsSync(join(paper, name)) && statSync(join(paper, name)).size > 1000, `${name} is a page, not nothing`);
  }
});
