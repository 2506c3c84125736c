// What people of these tests do again and again.

/** Makes a ledger from the first screen. `way` is what the first screen says. */
export async function makeLedger(app, { way, name, code, person, password }) {
  await app.press(way);
  await app.type("单位名称", name);
  await app.type("单位代码", code);
  await app.type("您的姓名", person);
  await app.type("口令", password);
  await app.type("再输入一次", password);
  await app.press("新建台账");
  await app.sees("名学生");
}

/** Closes the ledger that is open, if one is, and opens another one used before. */
export async function changeTo(app, name, password) {
  await close(app);
  await app.pressLine(name);
  await app.type("口令", password);
  await app.press("打开");
  await app.sees("名学生");
}

/** Closes the ledger that is open, if one is, and waits until it is. */
export async function close(app) {
  if (await app.says("关闭台账")) await app.press("关闭台账");
  await app.sees("打开已有台账");
}

/** Closes the ledger that is open, if one is, and opens the one in a folder; `name` is what it is called. */
export async function openFolder(app, { folder, password, name }) {
  await close(app);
  await app.press("打开已有台账");
  await app.type("台账文件夹", folder);
  await app.type("口令", password);
  await app.press("打开");
  await app.sees("名学生");
  await app.sees(name);
}

/** Registers a child with as little as a teacher may know. */
export async function registerChild(app, { name, sex, birth }) {
  await app.press("学生");
  await app.press("登记学生");
  await app.type("姓名", name);
  await app.tick("性别", sex);
  await app.type("出生日期", birth);
  await app.keys("Control+Enter");
  await app.sees("已保存学生");
}

/** Imports a roster whose lines are known to number so many. */
export async function importRoster(app, file, rows) {
  await app.press("导入花名册");
  await app.type("表格文件", file);
  await app.press("读取表格");
  await app.sees(`共 ${rows} 行数据`);
  await app.press("预演");
  await app.press(`导入 ${rows} 行`);
  await app.press("查看学生");
  await app.sees(`共 ${rows} 条`);
}

/** The steps of one errand: each builds on the one before, so the first that fails ends it and says its name. */
export function steps(t) {
  return async (name, act) => {
    try {
      await act();
    } catch (error) {
      error.message = `${name}: ${error.message}`;
      throw error;
    }
    t.diagnostic(name);
  };
}

/** Looks for packages in a folder. `place`: where the organisation takes in, “收 U 盘” at a center, “接收下发” at a school. */
export async function lookInFolder(app, place, folder) {
  await app.press("上报与接收");
  await app.press(place);
  await app.press("从文件夹接收（U 盘没有被看到，或者四十份一次收下）");
  await app.type("U 盘或文件夹", folder);
  await app.press("查找上报文件");
}
