import { flushPromises, mount } from "@vue/test-utils";
import { expect, test } from "vitest";

import type { FoundRow } from "@/api/types.gen";
import SearchBox from "@/parts/SearchBox.vue";
import { i18n } from "@/words";

import { fakeDoor } from "./fake";

const child = (name: string): FoundRow => ({ id: name, name, about: ["男", "三年级(1)班", "石桥村"] });

function openSearch() {
  const box = mount(SearchBox, { props: { label: "找学生", name: "top" }, global: { plugins: [i18n] }, attachTo: document.body });
  return { box, input: box.get("input") };
}

test("a slow answer to an older question never replaces the answer to the newest one", async () => {
  const waiting: Record<string, (rows: FoundRow[]) => void> = {};
  fakeDoor({ find: (words: string) => new Promise<FoundRow[]>((resolve) => (waiting[words] = resolve)) });
  const { box, input } = openSearch();
  await input.setValue("z");
  await input.setValue("zx");
  waiting["zx"]?.([child("张小明")]);
  await flushPromises();
  waiting["z"]?.([child("周大海")]);
  await flushPromises();

  expect(box.findAll("[role='option']").map((row) => row.text())).toEqual([expect.stringContaining("张小明")]);
});

test("pinyin is answered while it is being composed, with class and village", async () => {
  const door = fakeDoor({ find: () => [child("张小明")] });
  const { box, input } = openSearch();
  await input.trigger("compositionstart");
  await input.setValue("zh'x'm");
  await flushPromises();

  expect(door.of("find")).toEqual(["zhxm"]);
  expect(box.get("[role='option']").text()).toContain("三年级(1)班　石桥村");
});

test("the Enter that confirms a candidate opens nobody; the next one does", async () => {
  fakeDoor({ find: () => [child("张小明")] });
  const { box, input } = openSearch();
  await input.setValue("张小明");
  await flushPromises();
  await input.trigger("keydown", { key: "Enter", keyCode: 229 });
  expect(box.emitted("chosen")).toBeUndefined();
  await input.trigger("keydown", { key: "Enter" });
  expect(box.emitted("chosen")).toEqual([[child("张小明")]]);
});
