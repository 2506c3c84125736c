// The sample township, as somebody meets it who only wants to look.
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { App } from "./app.mjs";
import { lookInFolder } from "./people.mjs";

test("the sample township is made, its sticks are taken in, and its one difference waits for a choice", async (t) => {
  const home = mkdtempSync(join(tmpdir(), "baoxue-sample-"));
  const app = await App.open(t, { home, name: "sample" });
  await app.press("试用示例乡镇");
  await app.press("建立示例乡镇");
  await app.sees("示例乡镇已建立");
  await app.screenshot("made");
  await app.press("打开“禾塘镇中心学校”");
  await app.sees("名学生");
  await app.screenshot("today");
  await lookInFolder(app, "收 U 盘", join(home, "sample", "stick"));
  await app.press("全部接收（4 份）");
  await app.sees("可以安全拔出");
  await app.press("去选定");
  await app.sees("采用这个");
  await app.screenshot("settle");
  await app.press("学生");
  await app.sees("共 300 条");
  await app.screenshot("students");
});
