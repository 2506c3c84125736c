// Two hands for the window: one without a mouse, one that uses keys for words only. Both fill any form by the words on it.

/** What a field asks for: one or many choices side by side, a list, a child to be searched for, a line of text. */
export const SHAPE = `
  const field = document.querySelector("main [data-field='" + arguments[0] + "']");
  if (!field) return null;
  if (field.querySelector("[role=radiogroup]")) return "one";
  if (field.querySelector("[data-choice]")) return "many";
  if (field.querySelector(".el-select")) return "select";
  if (field.querySelector("[role=combobox]")) return "child";
  return "line";
`;
/** What stands chosen in a field, in words. */
export const CHOSEN = `
  const field = document.querySelector("main [data-field='" + arguments[0] + "']");
  const held = [...field.querySelectorAll("[aria-checked=true]")].map((e) => e.innerText.trim());
  const selected = [...field.querySelectorAll(".el-select__selected-item:not(.el-select__input-wrapper):not(.is-transparent)")].map((e) => e.innerText.trim()).filter(Boolean);
  return held.length > 0 ? held : selected;
`;

/** Whether a line to choose from is seen. */
const ANSWER = `return [...document.querySelectorAll("[role=option]")].some((e) => e.getBoundingClientRect().height > 0)`;

/** How a hand without a mouse does things. */
export class ByKeyboard {
  constructor(app) {
    this.app = app;
  }

  async button(text) {
    for (let tabs = 0; tabs < 260; tabs += 1) {
      if ((await this.app.script("return document.activeElement?.innerText?.trim() ?? ''")) === text) return this.app.keys("Enter");
      await this.app.keys("Tab");
    }
    throw new Error(`Tab does not lead to the button “${text}”`);
  }

  async room(number) {
    await this.app.keys(`Alt+${number}`);
    await this.app.still(200);
  }

  async menu(text) {
    await this.app.until(`return [...document.querySelectorAll("[role=menuitem]")].some((e) => e.getBoundingClientRect().height > 0)`);
    await this.app.still(200);
    for (let steps = 0; steps < 60; steps += 1) {
      if ((await this.app.script("return document.activeElement?.innerText?.trim() ?? ''")) === text) return this.app.keys("Enter");
      await this.app.keys("Down");
    }
    throw new Error(`the arrows do not lead to “${text}”`);
  }

  /** Opens the first row of a list. */
  async firstRow() {
    for (let tabs = 0; tabs < 60; tabs += 1) {
      if (await this.app.script("return document.activeElement?.getAttribute('role') === 'grid'")) return this.app.keys("Enter");
      await this.app.keys("Tab");
    }
    throw new Error("Tab does not lead to the list");
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
      await this.app.until(`return [...document.querySelectorAll("[role=option], .el-select-dropdown__empty")].some((e) => e.getBoundingClientRect().height > 0)`);
      await this.app.still(200);
      await this.app.keys("Down");
      await this.app.still(200);
      await this.app.keys("Enter");
      await this.app.still(200);
    }
  }

  async child(label, letters) {
    await this.app.tabTo(label);
    await this.app.keys(...letters);
    await this.app.until(ANSWER);
    await this.app.keys("Enter");
  }

  /** Leaves a list that offers nothing. */
  close() {
    return this.app.keys("Escape");
  }

  save() {
    return this.app.keys("Control+Enter");
  }
}

/** How a hand does things that uses keys for words only. */
export class ByMouse {
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

  /** Opens the first row of a list. */
  firstRow() {
    return this.app.pressRow();
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
    await this.app.press("枫树村三组");
  }

  /** Leaves a list that offers nothing, as it was opened. */
  close() {
    return this.app.pressAside();
  }

  save() {
    return this.app.press("保存");
  }
}
