// Every type of field, entered once by keyboard alone and once by mouse and typing alone; what `bx` reads is what was entered.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { makeLedger, steps } from "./people.mjs";

const ASSETS = fileURLToPath(new URL("../../assets", import.meta.url));
const BX = join(dirname(process.env.BAOXUE_BINARY), "bx");
const PASSWORD = "枫树村的一句好记的话";
const TODAY = "2026-09-10";
const SCHOOL_CODE = "3152230017";

/** Records that together have a field of every type; the school's code is typed when the ledger is made, files are attached elsewhere. */
const RECORDS = ["student", "home_visit", "enrolment", "aid", "activity", "responsibility"];
const ELSEWHERE = ["school_code", "file"];

/** What is typed for a type; choices are chosen. */
const TYPED = {
  text: "枫树村三组",
  long_text: "第一行，奶奶说\u201c下周来\u201d",
  date: "2026-09-01",
  month: "2026-09",
  integer: "37",
  decimal: "312.5",
  id_number: "11010519491231002X",
  student_code: "G11010519491231002X",
  phone: "13800000001",
  area: "河南省平顶山市鲁山县",
};

/** Definitions as the program prints them, and code lists as they are written. */
const definitions = new Map(JSON.parse(bx(["records"])).map((record) => [record.id ?? record.record, record]));

function bx(args, folder) {
  return execFileSync(BX, [...(folder ? ["--ledger", folder] : []), "--today", TODAY, ...args], { env: { ...process.env, BAOXUE_PASSWORD: PASSWORD }, encoding: "utf8" });
}

function codeOf(field, label) {
  const list = field.type === "yes_no" ? "yes_no" : field.codes;
  const text = readFileSync(join(ASSETS, "codes", `${list}.toml`), "utf8");
  const found = [...text.matchAll(/code = "([^"]*)"\nzh = "([^"]*)"/g)].find(([, , zh]) => zh === label);
  assert.ok(found, `“${label}” is in the list ${list}`);
  return found[1];
}

/** The first field of each type, and those a row cannot do without. */
function toFill(record) {
  const { fields, groups, owner } = definitions.get(record);
  const folded = new Set(groups.filter((group) => group.folded).map((group) => group.key));
  const typed = fields.filter((field) => !field.kept && !field.projected && field.key !== owner && field.to !== record && !folded.has(field.group) && field.type !== "file");
  const seen = new Set();
  // Codes that others depend on, and a child chosen where the form stands apart, are left alone.
  return typed.filter((field) => {
    const fresh = !seen.has(field.type) && Object.keys(field.codes_when ?? {}).length === 0;
    if (fresh) seen.add(field.type);
    return fresh || field.required === "block";
  });
}

const SHAPE = `
  const field = document.querySelector("main [data-field='" + arguments[0] + "']");
  if (!field) return null;
  if (field.querySelector("[role=radiogroup]")) return "one";
  if (field.querySelector("[data-choice]")) return "many";
  if (field.querySelector(".el-select")) return "select";
  if (field.querySelector("[role=combobox]")) return "child";
  return "line";
`;
/** What stands chosen in a field, in words. */
const CHOSEN = `
  const field = document.querySelector("main [data-field='" + arguments[0] + "']");
  const held = [...field.querySelectorAll("[aria-checked=true]")].map((e) => e.innerText.trim());
  const selected = [...field.querySelectorAll(".el-select__selected-item:not(.el-select__input-wrapper):not(.is-transparent)")].map((e) => e.innerText.trim()).filter(Boolean);
  return held.length > 0 ? held : selected;
`;

/** How a hand without a mouse does things. */
class ByKeyboard {
  constructor(app) {
    this.app = app;
  }

  async button(text) {
    for (let tabs = 0; tabs < 140; tabs += 1) {
      if ((await this.app.script("return document.activeElement?.innerText?.trim() ?? ''")) === text) return this.app.keys("Enter");
      await this.app.keys("Tab");
    }
    throw new Error(`Tab does not lead to the button “${text}”`);
  }

  async room(number) {
    await this.app.keys(`Alt+${number}`);
    await this.app.pause(400);
  }

  async menu(text) {
    for (let steps = 0; steps < 60; steps += 1) {
      if ((await this.app.script("return document.activeElement?.innerText?.trim() ?? ''")) === text) return this.app.keys("Enter");
      await this.app.keys("Down");
    }
    throw new Error(`the arrows do not lead to “${text}”`);
  }

  async line(label, text) {
    await this.app.tabTo(label);
    await this.app.keys("Control+a", ...text);
  }

  async choose(label, shape) {
    await this.app.tabTo(label);
    if (shape === "one") await this.app.keys("Space");
    else if (shape === "many") await this.app.keys("Space", "Right", "Space");
    else {
      await this.app.keys("Down");
      await this.app.pause(400);
      await this.app.keys("Down");
      await this.app.pause(150);
      await this.app.keys("Enter");
      await this.app.pause(300);
    }
  }

  async child(label, letters) {
    await this.app.tabTo(label);
    await this.app.keys(...letters);
    await this.app.pause(600);
    await this.app.keys("Enter");
  }

  save() {
    return this.app.keys("Control+Enter");
  }
}

/** How a hand does things that uses keys for words only. */
class ByMouse {
  constructor(app) {
    this.app = app;
  }

  button(text) {
    return this.app.press(text);
  }

  async room(number) {
    const rooms = ["", "今日", "考勤", "学生", "家访", "辍学个案", "台账"];
    await this.app.press(rooms[number]);
  }

  menu(text) {
    return this.app.press(text);
  }

  line(label, text) {
    return this.app.type(label, text);
  }

  async choose(label, shape) {
    if (shape === "select") await this.app.pick(label);
    else for (const at of shape === "many" ? [0, 1] : [0]) await this.app.tickAt(label, at);
  }

  async child(label, letters) {
    await this.app.type(label, letters);
    await this.app.pause(600);
    await this.app.press("枫树村三组");
  }

  save() {
    return this.app.press("保存");
  }
}

/** Fills what a form shows; gives what must be stored. */
async function fill(app, hand, record) {
  const expected = {};
  for (const field of toFill(record)) {
    const shape = await app.script(SHAPE, field.key);
    // Restricted choices wait behind a press of their own.
    if (!shape || (shape === "line" && !(field.type in TYPED))) continue;
    const label = field.label.zh;
    if (shape === "line") {
      await hand.line(label, TYPED[field.type]);
      expected[field.key] = { field, value: TYPED[field.type] };
    } else if (shape === "child") {
      await hand.child(label, "fsc");
      expected[field.key] = { field, child: true };
    } else {
      // What the program chose beforehand stays: pressing it again would take it back.
      if ((await app.script(CHOSEN, field.key)).length === 0) await hand.choose(label, shape);
      const chosen = await app.script(CHOSEN, field.key);
      assert.ok(chosen.length > 0, `${record}: something is chosen for ${label}`);
      expected[field.key] = { field, chosen };
    }
  }
  return expected;
}

/** Goes to each form as somebody would, fills it, saves it. */
async function enterAll(app, hand, step) {
  const expected = {};
  const enter = async (record, open) =>
    step(`${record} is entered`, async () => {
      await open();
      await app.pause(600);
      expected[record] = await fill(app, hand, record);
      await app.screenshot(record);
      await hand.save();
      await app.sees("已保存");
      await app.pause(300);
    });
  const title = (record) => definitions.get(record).title.zh;
  await enter("student", async () => {
    await hand.room(3);
    await hand.button("登记学生");
    await app.sees("登记学生");
  });
  const page = async () => {
    if (hand instanceof ByKeyboard) {
      await app.keys("F3", ..."fsc");
      await app.sees("枫树村三组");
      await app.keys("Enter");
    } else {
      await app.search("fsc");
      await app.pressLine("枫树村三组");
    }
    await app.sees("经过");
    await app.pause(400);
  };
  await enter("home_visit", async () => {
    await page();
    await hand.button("记录家访");
    await app.sees("家访情况");
  });
  for (const record of ["enrolment", "aid"]) {
    await enter(record, async () => {
      await page();
      await hand.button("添加…");
      await app.pause(500);
      await hand.menu(record === "enrolment" ? "添加在籍记录" : `添加${title(record)}`);
    });
  }
  for (const record of ["activity", "responsibility"]) {
    await enter(record, async () => {
      await hand.room(6);
      await hand.button(formTitle(record));
      await app.pause(500);
      await hand.button(`添加${title(record)}`);
    });
  }
  return expected;
}

/** The table that lists a record, as the room of registers calls it. */
function formTitle(record) {
  const forms = JSON.parse(bx(["forms"])).filter((form) => form.record === record);
  const form = forms.find((each) => each.layout === "table") ?? forms[0];
  return form.title.zh.replace(/\{\w+\}/g, "").trim();
}

/** What lies in the ledger, read by the other program. */
function compare(home, expected) {
  const ledgers = readdirSync(home, { recursive: true }).filter((name) => name.endsWith("keyslots.json"));
  const folder = dirname(join(home, ledgers[0]));
  assert.ok(existsSync(folder));
  const types = new Set();
  for (const [record, fields] of Object.entries(expected)) {
    const rows = bx(["get", record], folder).trim().split("\n").map((line) => JSON.parse(line));
    const fits = rows.find((row) =>
      Object.entries(fields).every(([key, { field, value, chosen, child }]) => {
        if (child) return typeof row[key] === "string";
        if (field.type === "row") return typeof row[key] === "string";
        const stored = [row[key] ?? []].flat().map(String);
        const wanted = value === undefined ? chosen.map((label) => codeOf(field, label)) : [value];
        return stored.length === wanted.length && wanted.every((each) => stored.includes(each));
      }),
    );
    assert.ok(fits, `${record}: ${JSON.stringify(Object.fromEntries(Object.entries(fields).map(([key, each]) => [key, each.value ?? each.chosen])))} is not among ${JSON.stringify(rows)}`);
    for (const { field } of Object.values(fields)) types.add(field.type);
  }
  const all = new Set([...definitions.values()].flatMap((record) => record.fields.filter((field) => !field.kept).map((field) => field.type)));
  assert.deepEqual([...all].filter((type) => !types.has(type) && !ELSEWHERE.includes(type)), [], "every type was entered");
  const organisation = bx(["get", "organisation"], folder);
  assert.match(organisation, new RegExp(SCHOOL_CODE), "the school's code was typed when the ledger was made");
}

for (const [name, Hand] of [["keyboard", ByKeyboard], ["mouse", ByMouse]]) {
  test(`records with every type of field are entered by ${name} alone`, async (t) => {
    const home = mkdtempSync(join(tmpdir(), `baoxue-fields-${name}-`));
    const app = await App.open(t, { home, today: TODAY, name: `fields-${name}` });
    await makeLedger(app, { way: "新建学校台账", name: "枫树村小学", code: SCHOOL_CODE, person: "彭老师", password: PASSWORD });
    const expected = await enterAll(app, new Hand(app), steps(t));
    assert.deepEqual(Object.keys(expected), RECORDS);
    await app.quit();
    compare(home, expected);
  });
}
