// A photo in the window: added to a child, looked at, taken away, brought back; and the ledger back from its backup.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { App } from "./app.mjs";
import { makeLedger, registerChild, steps } from "./people.mjs";

const PICTURE = fileURLToPath(new URL("../../assets/picture/today.png", import.meta.url));
const PASSWORD = "桂花村的一句好记的话";

test("a photo is added, shown, removed and restored; lists that follow, templates, archive and restore have their place", async (t) => {
  const step = steps(t);
  const home = mkdtempSync(join(tmpdir(), "baoxue-files-"));
  const app = await App.open(t, { home, today: "2026-09-10", name: "files" });
  await makeLedger(app, { way: "新建学校台账", name: "桂花村小学", code: "", person: "何老师", password: PASSWORD });
  await registerChild(app, { name: "欧阳晨曦", sex: "女", birth: "2016-12-25" });

  const pictures = (count) =>
    app.until(`return [...document.querySelectorAll(".tile img")].filter((img) => img.complete && img.naturalWidth > 0).length === ${count}`);
  await step("a photo is added to the child's page", async () => {
    await app.press("添加附件");
    await app.type("文件", PICTURE);
    await app.choose("类别", "学生照片");
    await app.type("名称", "入学登记照");
    await app.press("添加");
    await app.sees("已添加附件");
    await app.sees("入学登记照");
    assert.ok(await pictures(1));
    await app.screenshot("tile");
  });

  await step("what is no picture is refused in words", async () => {
    await app.press("添加附件");
    await app.type("文件", fileURLToPath(import.meta.url));
    await app.press("添加");
    await app.sees("这不是图片，也不是 PDF，不能作为附件");
    await app.screenshot("refused");
    await app.press("取消");
  });

  await step("it is seen large, and nothing readable is left on the disk for it", async () => {
    await app.pressLine("入学登记照");
    await app.sees("另存为……");
    await app.still(300);
    await app.screenshot("large");
    const left = readdirSync(home, { recursive: true }).filter((name) => /\.(jpe?g|png|pdf)$/i.test(name));
    assert.deepEqual(left, []);
  });

  await step("removed, and brought back with one press", async () => {
    await app.press("删除附件");
    await app.sees("还没有附件");
    await app.press("撤销");
    await app.sees("入学登记照");
  });

  await step("a visit has files of its own, and the child's page shows them too", async () => {
    await app.press("记录家访");
    await app.tick("家访方式", "入户");
    await app.type("接访人及与学生关系", "奶奶");
    await app.press("保存");
    await app.sees("已保存家访记录");
    await app.press("添加附件");
    await app.type("文件", PICTURE);
    await app.press("添加");
    await app.sees("同一个文件原来就有，只存一份");
    await app.screenshot("visit");
    await app.press("学生");
    await app.pressLine("欧阳晨曦");
    await app.sees("入学登记照");
  });

  await step("children in no school and the three definitions of 留守 are lists of 台账", async () => {
    await app.press("台账");
    await app.press("未在校适龄儿童");
    await app.sees("欧阳晨曦");
    await app.screenshot("out-of-school");
    await app.press("留守情况对照");
    await app.sees("民政");
    await app.screenshot("left-behind");
  });

  await step("an empty form is written for teachers", async () => {
    const folder = mkdtempSync(join(tmpdir(), "baoxue-template-"));
    await app.press("学生");
    await app.press("导入花名册");
    await app.press("没有表格？生成一张空白表发给老师填");
    await app.type("存为", join(folder, "空白花名册.xlsx"));
    await app.press("生成空白表格");
    await app.sees("已生成空白表格");
    await app.screenshot("template");
    assert.deepEqual(readdirSync(folder), ["空白花名册.xlsx"]);
  });

  await step("last year is put away", async () => {
    await app.press("学生");
    await app.press("新学年升级");
    await app.type("存到文件夹", mkdtempSync(join(tmpdir(), "baoxue-archive-")));
    await app.press("导出学年档案");
    await app.sees("的档案已存好");
    await app.screenshot("archive");
  });

  await step("the ledger comes back from its backup, the photo with it", async () => {
    const disk = mkdtempSync(join(tmpdir(), "baoxue-disk-"));
    await app.press("设置");
    await app.type("备份到文件夹", disk);
    await app.press("立即备份");
    await app.sees("连同附件 1 个。");
    await app.press("从备份恢复……");
    await app.sees("从备份恢复台账");
    await app.type("备份文件夹", join(disk, readdirSync(disk)[0]));
    await app.type("恢复到（新文件夹）", join(home, "again"));
    await app.type("备份时的口令", PASSWORD);
    await app.screenshot("restore");
    await app.press("恢复并打开");
    await app.sees("名学生");
    await app.search("oycx");
    await app.sees("女");
    await app.keys("Enter");
    await app.sees("入学登记照");
    assert.ok(await pictures(2));
    await app.screenshot("restored");
  });
});
