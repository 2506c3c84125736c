// Every type of field, entered once by keyboard alone and once by mouse and typing alone; what `bx` reads is what was entered.
// With BAOXUE_LONG (`make test-long`) a row of every form, each with all its fields.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { ByKeyboard, ByMouse, CHOSEN, SHAPE } from "./hands.mjs";
import { makeLedger, steps } from "./people.mjs";

const ASSETS = fileURLToPath(new URL("../../assets", import.meta.url));
const BX = join(dirname(process.env.BAOXUE_BINARY), "bx");
const PASSWORD = "枫树村的一句好记的话";
const TODAY = "2026-09-10";
const SCHOOL_CODE = "3152230017";

const LONG = process.env.BAOXUE_LONG !== undefined;

/** Records that together have a field of every type; the school's code is typed when the ledger is made, files are attached elsewhere. */
const EVERY_TYPE = ["student", "home_visit", "enrolment", "aid", "activity", "responsibility"];
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

const forms = JSON.parse(bx(["forms"]));
const words = JSON.parse(readFileSync(join(ASSETS, "words/zh-CN/ui.json"), "utf8"));
const ownerOf = (record) => record.fields.find((field) => field.key === record.owner)?.to;
const isTyped = (record) => record.fields.some((field) => !field.kept) && !record.fields.some((field) => field.type === "file" && field.required);

/** The records that are entered: what belongs to nobody first, for others choose among it; owners before what belongs to them. */
function records() {
  if (!LONG) return EVERY_TYPE;
  const all = [...definitions.values()].filter((record) => isTyped(record) && (record.owner || forms.some((form) => form.record === record.record)));
  const below = (owner) => all.filter((record) => ownerOf(record) === owner && record.record !== "student").map((record) => record.record);
  const withTheirs = (names) => names.flatMap((name) => [name, ...withTheirs(below(name))]);
  const free = all.filter((record) => !record.owner && record.record !== "student").map((record) => record.record);
  return ["student", ...withTheirs(free), ...withTheirs(below("student"))];
}

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

/** What is typed into a field: within its range and no longer than it holds. */
function typedInto(field) {
  const text = TYPED[field.type];
  if (text !== undefined && field.range) return String(Math.min(Math.max(Number(text), field.range[0]), field.range[1]));
  return text?.slice(0, field.max_chars ?? undefined);
}

/** In a short run the first field of each type, and those a row cannot do without; as they stand on the screen. */
function toFill(record) {
  const { fields, groups, owner } = definitions.get(record);
  const folded = new Set(groups.filter((group) => group.folded).map((group) => group.key));
  const isShown = (field) => !field.kept && !field.hidden && field.key !== owner && field.to !== record && !folded.has(field.group) && field.type !== "file";
  const place = (field) => groups.findIndex((group) => group.key === field.group);
  const typed = fields.filter((field) => isShown(field) && (LONG || !field.projected)).sort((a, b) => place(a) - place(b));
  const seen = new Set();
  // Codes that others depend on, and a child chosen where the form stands apart, are left alone.
  return typed.filter((field) => {
    const isFree = Object.keys(field.codes_when ?? {}).length === 0;
    const fresh = isFree && (LONG || !seen.has(field.type));
    if (fresh) seen.add(field.type);
    return fresh || field.required === "block";
  });
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
      await hand.line(label, typedInto(field));
      expected[field.key] = { field, value: typedInto(field) };
    } else if (shape === "child") {
      await hand.child(label, "fsc");
      expected[field.key] = { field, child: true };
    } else {
      // What the program chose beforehand stays: pressing it again would take it back.
      if ((await app.script(CHOSEN, field.key)).length === 0) await hand.choose(label, shape);
      const chosen = await app.script(CHOSEN, field.key);
      // Where nothing is entered yet that could be chosen, nothing is.
      if (chosen.length === 0 && field.type === "row") {
        await hand.close();
        continue;
      }
      assert.ok(chosen.length > 0, `${record}: something is chosen for ${label}`);
      expected[field.key] = { field, chosen };
    }
  }
  return expected;
}

/** What the child's page, or another row's, calls the way to a new row that belongs to it; and whether it stands in the menu. */
function wayTo(record) {
  const { title, everyday, order, fields } = definitions.get(record);
  const day = fields.find((field) => field.key === order[0]?.replace(/^-/, ""));
  return { label: words.add[record] ?? `添加${title.zh}`, inMenu: !(everyday && day?.type === "date") };
}

/** Goes to each form as somebody would, fills it, saves it. */
async function enterAll(app, hand, step) {
  const expected = {};
  const openChild = async () => {
    if (hand instanceof ByKeyboard) {
      await app.keys("F3", ..."fsc");
      await app.sees("枫树村三组");
      await app.keys("Enter");
    } else {
      await app.search("fsc");
      await app.pressLine("枫树村三组");
    }
    await app.sees("经过");
    await app.still(200);
  };
  const add = async (record) => {
    const { label, inMenu } = wayTo(record);
    if (!inMenu) return hand.button(label);
    await hand.button("添加…");
    await app.still(200);
    return hand.menu(label);
  };
  const open = async (record) => {
    const owner = ownerOf(definitions.get(record));
    if (record === "student") {
      await hand.room(3);
      await hand.button("登记学生");
    } else if (owner === "student") {
      await openChild();
      await add(record);
    } else if (owner) {
      // What belongs to a case or a plan is added on its page.
      await hand.room(owner === "dropout_case" ? 5 : 6);
      if (owner !== "dropout_case") await hand.button(formTitle(owner));
      await app.still(300);
      await hand.firstRow();
      await app.sees("历史");
      await app.still(200);
      await add(record);
    } else {
      await hand.room(6);
      await hand.button(formTitle(record));
      await app.still(200);
      await hand.button(`添加${definitions.get(record).title.zh}`);
    }
  };
  for (const record of records()) {
    await step(`${record} is entered`, async () => {
      await open(record);
      await app.still(300);
      expected[record] = await fill(app, hand, record);
      await app.screenshot(record);
      await hand.save();
      await app.sees(`已保存${definitions.get(record).title.zh}`);
      await app.still(200);
    });
  }
  return expected;
}

/** The table that lists a record, as the room of registers calls it. */
function formTitle(record) {
  const own = forms.filter((form) => form.record === record);
  const form = own.find((each) => each.layout === "table") ?? own[0];
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
  test(`${LONG ? "a row of every form is" : "records with every type of field are"} entered by ${name} alone`, async (t) => {
    const home = mkdtempSync(join(tmpdir(), `baoxue-fields-${name}-`));
    const app = await App.open(t, { home, today: TODAY, name: `fields-${name}` });
    await makeLedger(app, { way: "新建学校台账", name: "枫树村小学", code: SCHOOL_CODE, person: "彭老师", password: PASSWORD });
    const expected = await enterAll(app, new Hand(app), steps(t));
    assert.deepEqual(Object.keys(expected), records());
    await app.quit();
    compare(home, expected);
  });
}
