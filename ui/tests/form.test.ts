import { flushPromises, mount } from "@vue/test-utils";
import { createPinia, setActivePinia } from "pinia";
import { beforeEach, expect, test } from "vitest";

import type { Field, RecordDefinition, SessionInfo } from "@/api/types.gen";
import FormView from "@/parts/FormView.vue";
import { useLedger } from "@/state/ledger";
import { i18n } from "@/words";

import { fakeDoor } from "./fake";

/** The parts of a definition that a form looks at. */
const field = (key: string, zh: string): Field =>
  ({
    key,
    label: { zh, en: key },
    type: "text",
    codes_when: {},
    suggest: key === "visitors" ? "@me" : null,
  }) as Partial<Field> as Field;

const visit = {
  record: "home_visit",
  title: { zh: "家访记录", en: "Home visit" },
  owner: "student",
  groups: [],
  fields: [field("visitors", "家访教师"), field("met", "接访人")],
} as Partial<RecordDefinition> as RecordDefinition;

beforeEach(() => {
  setActivePinia(createPinia());
  const ledger = useLedger();
  ledger.definitions = { records: { home_visit: visit }, forms: {}, codes: {}, reached: {} };
  ledger.info = { person: "李老师", today: "2026-09-01" } as SessionInfo;
});

async function openForm(answers: Parameters<typeof fakeDoor>[0]) {
  const door = fakeDoor({ draft: () => null, keep_draft: () => null, check_row: () => [], today: () => ({ conflicts: 0 }), ...answers });
  const form = mount(FormView, { props: { record: "home_visit", given: { student: "s1" } }, global: { plugins: [i18n] }, attachTo: document.body });
  await flushPromises();
  return { door, form, met: form.get<HTMLInputElement>("#home_visit-met") };
}

const refusal = { code: "refused", facts: {}, fields: [{ field: "met", rule: "too_long", severity: "block", facts: { limit: "60", length: "61" } }] };

test("what was typed stays when saving is refused, and the sentence stands beside its field", async () => {
  const { form, met } = await openForm({
    save_row: () => {
      throw refusal;
    },
  });
  await met.setValue("爷爷王大山");
  await met.trigger("keydown", { key: "Enter", ctrlKey: true });
  await flushPromises();

  expect(met.element.value).toBe("爷爷王大山");
  expect(form.get("[data-field='met']").text()).toContain("最多 60 个字，现有 61 个。请缩短。");
  expect(form.emitted("saved")).toBeUndefined();
});

test("Ctrl+Enter saves what was typed together with what was suggested and given", async () => {
  const { door, form, met } = await openForm({ save_row: () => ({ id: "v1", changes: ["c1"], problems: [] }) });
  await met.setValue("爷爷");
  await met.trigger("keydown", { key: "Enter", ctrlKey: true });
  await flushPromises();

  expect(door.of("save_row")).toEqual([
    { record: "home_visit", id: null, values: { visitors: "李老师", met: "爷爷", student: "s1" }, seen: null, why: null },
  ]);
  expect(form.emitted("saved")).toHaveLength(1);
});

test("the Enter that confirms a candidate of an input method saves nothing", async () => {
  const { door, met } = await openForm({ save_row: () => ({ id: "v1", changes: [], problems: [] }) });
  await met.trigger("keydown", { key: "Enter", ctrlKey: true, keyCode: 229 });
  await met.trigger("keydown", { key: "Enter", ctrlKey: true, isComposing: true });
  await flushPromises();

  expect(door.of("save_row")).toEqual([]);
});

test("the cursor stands in the first field that is still empty", async () => {
  const { met } = await openForm({});
  expect(document.activeElement).toBe(met.element);
});

test("what was being typed before a power cut is there again, and can be discarded", async () => {
  const { form, met } = await openForm({ draft: () => JSON.stringify({ met: "奶奶" }) });
  expect(met.element.value).toBe("奶奶");
  await form.get("[role='status'] button").trigger("click");
  await flushPromises();
  expect(met.element.value).toBe("");
});
