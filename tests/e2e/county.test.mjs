// What comes down from above: a settings file taken from a stick, a field it added filled in, a period it bound; and a
// correction that the school does not agree with.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { changeTo, lookInFolder, registerChild, steps } from "./people.mjs";

const BX = join(dirname(process.env.BAOXUE_BINARY ?? ""), "bx");
const PASSWORD = "walk-2026-秋";
const TODAY = "2026-09-10";
const SETTINGS = `
title = "禾塘镇2026年秋季设置"

[[list]]
list = "bus_line"
label = { zh = "校车线路", en = "Bus line" }
code = [
  { code = "north", label = { zh = "北山线", en = "North hill" } },
  { code = "river", label = { zh = "沿河线", en = "Along the river" } },
]

[[add]]
record = "student"
name = "bus_line"
label = { zh = "乘坐校车线路", en = "Bus line taken" }
type = "code"
codes = "bus_line"

[[add]]
record = "student"
name = "bus_stop"
label = { zh = "上车站点", en = "Bus stop" }
type = "text"

[[field]]
record = "student"
field = "village"
label = { zh = "所在村组", en = "Village group" }

[[setting]]
key = "absence.suspected_days"
value = "2"
locked = true
`;

/** The command line, as the center and the stick use it. */
function bx(folder, words, input = "") {
  const env = { ...process.env, BAOXUE_PASSWORD: PASSWORD };
  return execFileSync(BX, ["--today", TODAY, ...words], { cwd: folder, env, input, encoding: "utf8" });
}

test("a school takes settings from a stick, fills a field they added, and objects to a correction", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "baoxue-county-"));
  const step = steps(t);
  const at = (ledger, ...words) => bx(home, ["--ledger", ledger, ...words]);
  for (const [ledger, kind, name] of [["school", "school", "石桥村小学"], ["center", "center", "禾塘镇中心学校"]]) {
    at(ledger, "init", "--kind", kind, "--name", name, "--low-memory");
  }
  at("center", "enrol", "invite", "--out", "1");
  at("school", "enrol", "request", "--in", "1", "--out", "2");
  at("center", "enrol", "grant", "--in", "2", "--out", "3");
  at("school", "enrol", "accept", "--in", "3");
  writeFileSync(join(home, "settings.toml"), SETTINGS);
  at("center", "settings-file", "make", "settings.toml", "--out", "settings.bxs");
  mkdirSync(join(home, "stick"));

  const app = await App.open(t, { home: join(home, "window"), today: TODAY, name: "county" });
  await step("opens the school's ledger", async () => {
    await app.pressLine("打开已有台账");
    await app.type("台账文件夹", join(home, "school"));
    await app.type("口令", PASSWORD);
    await app.press("打开");
    await app.sees("名学生");
  });

  await step("takes the settings", async () => {
    await app.press("设置");
    await app.type("设置文件", join(home, "settings.toml"));
    await app.press("看看内容");
    await app.sees("没有采用");
    await app.type("设置文件", join(home, "settings.bxs"));
    await app.press("看看内容");
    await app.sees("学生增加栏目“上车站点”。");
    await app.screenshot("look");
    await app.press("采用");
    await app.sees("已采用禾塘镇中心学校的设置“禾塘镇2026年秋季设置”（第 1 期）。");
    await app.screenshot("taken");
  });

  await step("a bound period says by whom", async () => {
    await app.script("document.querySelectorAll('details.group').forEach((group) => (group.open = true))");
    await app.sees("由禾塘镇中心学校统一规定");
    await app.script("document.querySelector('.tag.info').scrollIntoView({ block: 'center' })");
    await app.screenshot("bound");
  });

  await step("fills an added field", async () => {
    await registerChild(app, { name: "王小明", sex: "男", birth: "20160304" });
    await app.press("修改");
    await app.type("所在村组", "石桥三组");
    await app.type("上车站点", "老槐树");
    await app.tick("乘坐校车线路", "沿河线");
    await app.screenshot("form");
    await app.keys("Control+Enter");
    await app.sees("老槐树");
    await app.sees("沿河线");
    await app.screenshot("row");
    await app.press("学生");
    await app.sees("共 1 条");
    await app.screenshot("list");
  });

  await step("the center corrects a field", async () => {
    await app.press("关闭台账");
    await app.sees("打开已有台账");
    const sealed = JSON.parse(at("school", "export", "--out", "up", "--json"));
    at("center", "merge", sealed.file);
    const child = JSON.parse(at("center", "get", "student").trim());
    const key = Object.keys(child).find((one) => one.endsWith("/bus_stop"));
    assert.equal(child[key], "老槐树");
    bx(home, ["--ledger", "center", "put", "student"], JSON.stringify({ id: child.id, [key]: "桥头" }));
    at("center", "export", "--to", "石桥村小学", "--out", "stick");
  });

  await step("the school objects", async () => {
    await changeTo(app, "石桥村小学", PASSWORD);
    await lookInFolder(app, "接收下发", join(home, "stick"));
    await app.press("接收", { near: "第 1 号" });
    await app.sees("上车站点：桥头");
    await app.screenshot("correction");
    await app.press("学生");
    await app.pressLine("王小明");
    await app.press("修改历史");
    await app.press("提出异议");
    await app.type("不同意的理由", "孩子一直在老槐树上车");
    await app.screenshot("objecting");
    await app.press("提出");
    await app.sees("已提出异议");
    await app.sees("不同意“桥头”：孩子一直在老槐树上车");
    await app.keys("Escape");
    await app.still(200);
    await app.screenshot("objected");
  });
});
