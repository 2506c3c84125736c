import { mount } from "@vue/test-utils";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { defineComponent } from "vue";

import { useIdle } from "@/parts/useIdle";

const LIMIT_MS = 600_000;
let left = 0;
let works = false;
const watcher = defineComponent({
  setup: () => useIdle(() => LIMIT_MS, () => works, () => (left += 1)),
  render: () => null,
});

beforeEach(() => {
  [left, works] = [0, false];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("a key now and then is presence; ten minutes without one are absence", () => {
  const wrapper = mount(watcher);
  for (let times = 0; times < 5; times += 1) {
    vi.advanceTimersByTime(LIMIT_MS - 1_000);
    window.dispatchEvent(new KeyboardEvent("keydown", { key: "a" }));
  }
  expect(left).toBe(0);
  vi.advanceTimersByTime(LIMIT_MS + 5_000);
  expect(left).toBeGreaterThan(0);
  wrapper.unmount();
});

test("long work counts as presence", () => {
  const wrapper = mount(watcher);
  works = true;
  vi.advanceTimersByTime(3 * LIMIT_MS);
  expect(left).toBe(0);
  wrapper.unmount();
});

test("whoever wakes a computer that slept is asked at the first touch", () => {
  const wrapper = mount(watcher);
  // No timer runs while it sleeps; its clock goes on.
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  window.dispatchEvent(new Event("pointermove"));
  expect(left).toBe(1);
  wrapper.unmount();
  vi.advanceTimersByTime(2 * LIMIT_MS);
  expect(left).toBe(1);
});
