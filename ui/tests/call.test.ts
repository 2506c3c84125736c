import { expect, test } from "vitest";

import { call } from "@/api/call";

import { fakeDoor } from "./fake";

test("half of a surrogate pair left by an input method never reaches the engine; whole rare characters do", async () => {
  const door = fakeDoor({ find: () => [] });
  await call("find", "\uD842张𠮷");
  expect(door.of("find")).toEqual(["\uFFFD张𠮷"]);
});

test("whatever goes wrong outside the engine is told as a defect, never as nothing", async () => {
  fakeDoor({
    find: () => {
      throw new Error("no answer");
    },
  });
  await expect(call("find", "张")).rejects.toEqual({ code: "defect", facts: { cause: "no answer" }, fields: [] });
});
