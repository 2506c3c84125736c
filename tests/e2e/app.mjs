// The real window, driven as a person would: everything is found by the words that stand on the screen.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const require = createRequire(new URL("../../ui/package.json", import.meta.url));
const { Builder, By, Capabilities, Key } = require("selenium-webdriver");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const BINARY = must("BAOXUE_BINARY");
const OUT = must("BAOXUE_E2E_OUT");
const DRIVER = process.env.BAOXUE_DRIVER ?? "http://127.0.0.1:4444";
/** How long the screen may take to show something, ms: opening a ledger is slow on purpose. */
const PATIENCE_MS = 30_000;

function must(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start these tests with tests/e2e/run.sh`);
  return value;
}

/** The processes of a window that keeps its ledgers there. */
function windowsOf(home) {
  const commandOf = (process) => {
    try {
      return readFileSync(`/proc/${process}/cmdline`, "utf8").split("\0");
    } catch {
      return [];
    }
  };
  const isWindow = ([program, ...args]) => program === BINARY && args.includes(home);
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && isWindow(commandOf(name))).map(Number);
}

/** What comes, or an error that says what did not come in time. */
async function within(ms, what, coming) {
  const watch = new AbortController();
  const late = sleep(ms, undefined, { signal: watch.signal }).then(() => {
    throw new Error(`no ${what} within ${ms / 1000} s`);
  });
  try {
    return await Promise.race([coming, late]);
  } finally {
    watch.abort();
  }
}

/** An XPath string literal. */
function quoted(text) {
  return text.includes('"') ? `'${text}'` : `"${text}"`;
}

const says = (text) => `[descendant-or-self::*[normalize-space(.)=${quoted(text)}]]`;
const holds = (text) => `[contains(normalize-space(.),${quoted(text)})]`;

/** What can be pressed. */
const PRESSABLE = ["button", "a", "summary", "label", "*[@role='tab']", "*[@role='menuitem']", "*[@role='option']"];

export class App {
  #driver;
  #options;
  #shots = 0;
  keysPressed = 0;
  /** Buttons, lines, cells and choices pressed. */
  clicks = 0;

  constructor(options) {
    this.#options = options;
  }

  /** Opens the window. `home`: where it keeps its ledgers; `today`: the day it works on. */
  static async open(t, options) {
    const app = new App({ name: "walk", ...options });
    await app.begin();
    t.after(() => app.quit());
    return app;
  }

  async begin() {
    const { home, today } = this.#options;
    const args = ["--home", home, ...(today ? ["--today", today] : [])];
    const capabilities = new Capabilities();
    capabilities.setBrowserName("wry");
    capabilities.set("tauri:options", { application: BINARY, args });
    const opening = new Builder().withCapabilities(capabilities).usingServer(DRIVER).build();
    try {
      this.#driver = await within(2 * PATIENCE_MS, "window", opening);
    } catch (error) {
      this.#end();
      throw error;
    }
    await this.#driver.manage().setTimeouts({ script: 4 * PATIENCE_MS });
  }

  /** Closes the window and opens it again, on another day if one is given: what is not in the ledger is gone. */
  async restart({ today } = {}) {
    await this.quit();
    this.#options = { ...this.#options, ...(today ? { today } : {}) };
    await this.begin();
  }

  async quit() {
    const driver = this.#driver;
    this.#driver = undefined;
    if (!driver) return;
    try {
      await within(PATIENCE_MS, "answer to quitting", driver.quit());
    } finally {
      await this.#gone();
    }
    // Its driver needs a moment more before it can begin another.
    await sleep(500);
  }

  /** Waits until the window is gone: the next one may open only when it has let go of the ledger. */
  async #gone() {
    const until = Date.now() + PATIENCE_MS;
    while (windowsOf(this.#options.home).length > 0 && Date.now() < until) await sleep(50);
    if (this.#end() > 0) throw new Error("the window did not close");
  }

  /** Ends a window that hangs, so that it is in no other test's way; tells how many there were. */
  #end() {
    const hanging = windowsOf(this.#options.home);
    hanging.forEach((window) => process.kill(window, "SIGKILL"));
    return hanging.length;
  }

  /** The first visible element that an XPath finds, waited for. */
  async #find(xpath, what) {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      for (const element of await this.#driver.findElements(By.xpath(xpath))) {
        if (await element.isDisplayed().catch(() => false)) return element;
      }
      if (Date.now() > until) {
        await this.screenshot("not-found");
        throw new Error(`the screen does not show ${what}; it says:\n${await this.text()}`);
      }
      await sleep(100);
    }
  }

  /** Everything the screen says. */
  async text() {
    return this.#driver.findElement(By.css("body")).getText();
  }

  /** Waits until the screen says something. */
  async sees(text) {
    await this.#find(`//*[not(self::script)]${holds(text)}[not(*${holds(text)})]`, `“${text}”`);
  }

  /** Whether the screen says something now. */
  async says(text) {
    return (await this.text()).includes(text);
  }

  /** Presses what says exactly this; inside the smallest part of the page that also says `near`, if given. */
  async press(text, { near } = {}) {
    const paths = PRESSABLE.map((tag) => (near ? `${this.#around(near, tag, text)}` : `//${tag}${says(text)}`));
    await this.#click(paths.join(" | "), `a button “${text}”${near ? ` near “${near}”` : ""}`);
  }

  async #click(xpath, what) {
    const element = await this.#clickOn(() => this.#find(xpath, what));
    this.clicks += 1;
    return element;
  }

  /** Clicks as soon as nothing lies over it: a drawer that is closing, a list that is being drawn anew. */
  async #clickOn(find) {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const element = await find();
      try {
        await this.#intoView(element);
        await element.click();
        return element;
      } catch (error) {
        const passes = ["ElementClickInterceptedError", "StaleElementReferenceError", "ElementNotInteractableError"].includes(error.name);
        if (!passes || Date.now() > until) throw error;
        await sleep(100);
      }
    }
  }

  #around(near, tag, text) {
    return `(//*[(self::section or self::article or self::li or self::tr or self::form)]${holds(near)}[.//${tag}${says(text)}])[last()]//${tag}${says(text)}`;
  }

  /** Presses what holds these words: a line of a list, a card. */
  async pressLine(text) {
    const paths = ["button", "a", "*[@role='row']", "*[@role='option']", "tr"].map((tag) => `//${tag}${holds(text)}`);
    await this.#click(paths.join(" | "), `a line “${text}”`);
  }

  /** Presses the first row of the list, below its heads. */
  async pressRow() {
    await this.#click("(//main//*[@role='grid']//*[@role='row'][.//*[@role='gridcell']])[1]", "a row of the list");
  }

  /** Presses the one cell of a grid that says, to a reader, exactly this. */
  async mark(label) {
    await this.#click(`//button[@aria-label=${quoted(label)}]`, `a cell “${label}”`);
  }

  /** Presses the number of a table that stands in this line, below this head. */
  async pressNumber(line, head) {
    const place = `count(//main//thead//th${says(head)}/preceding-sibling::th)`;
    await this.#click(`//main//tr[th${says(line)}]/td[position()=${place}]//button`, `a number of “${line}” below “${head}”`);
  }

  /** Presses a bar of the chart with this title; the first is 0. */
  async pressBar(title, at) {
    const charts = `//section[.//h2${says(title)}]//*[@role='img']`;
    const chart = await this.#find(charts, `a chart “${title}”`);
    await this.#intoView(chart);
    const bars = `const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim().toLowerCase();
      return [...arguments[0].querySelectorAll("svg path")].filter((path) => (path.getAttribute("fill") ?? "").toLowerCase() === accent)[arguments[1]]`;
    const bar = await this.#driver.executeScript(bars, chart, at);
    if (!bar) throw new Error(`the chart “${title}” has no bar ${at}`);
    await this.#driver.actions().move({ origin: bar }).click().perform();
    this.clicks += 1;
  }

  /** Brings an element into view and waits until it stands still: a drawer that slides in takes no click where it was. */
  async #intoView(element) {
    const still = `const [element, done] = [arguments[0], arguments[arguments.length - 1]];
      element.scrollIntoView({ block: "center" });
      const place = () => { const { x, y } = element.getBoundingClientRect(); return [x, y].join(); };
      const look = (last, times) => setTimeout(() => (place() === last || times === 0 ? done() : look(place(), times - 1)), 50);
      look(place(), 40);`;
    await this.#driver.executeAsyncScript(still, element);
  }

  /** The control that a label belongs to. */
  async #labelled(label) {
    const named = `//label[normalize-space(translate(.,'*',''))=${quoted(label)}]`;
    const element = await this.#find(named, `a field “${label}”`);
    const id = await element.getAttribute("for");
    if (id) return this.#driver.findElement(By.id(id));
    return element.findElement(By.css("input, textarea, select"));
  }

  /** Types into the field with this label, in place of what is there. */
  async type(label, text) {
    const input = await this.#clickOn(() => this.#labelled(label));
    await input.sendKeys(Key.chord(Key.CONTROL, "a"), Key.BACK_SPACE);
    if (text !== "") await input.sendKeys(text);
    this.keysPressed += text.length;
  }

  /** What the field with this label holds. */
  async holds(label) {
    return (await this.#labelled(label)).getAttribute("value");
  }

  /** Ticks a choice that stands beside others under a label. */
  async tick(label, choice) {
    const group = `//*[@data-field][.//label[normalize-space(translate(.,'*',''))=${quoted(label)}]]//button${says(choice)}`;
    await this.#click(group, `the choice “${choice}” of “${label}”`);
  }

  /** Presses a choice by its place among those that stand beside each other under a label. */
  async tickAt(label, at) {
    const group = `(//*[@data-field][.//label[normalize-space(translate(.,'*',''))=${quoted(label)}]]//button[@data-choice])[${at + 1}]`;
    await this.#click(group, `choice ${at + 1} of “${label}”`);
  }

  /** Opens the list at a label with the mouse and presses its first line; a list without lines stays open. */
  async pick(label) {
    const box = `//*[@data-field][.//label[normalize-space(translate(.,'*',''))=${quoted(label)}]]//*[contains(@class,'el-select__wrapper')]`;
    await this.#click(box, `the list of “${label}”`);
    const line = "//*[@role='option'][not(contains(@class,'is-disabled'))]";
    const shows = `const seen = (e) => e.getBoundingClientRect().height > 0;
      return [...document.querySelectorAll("[role=option]")].some(seen) ? "lines" : [...document.querySelectorAll(".el-select-dropdown__empty")].some(seen) ? "none" : "";`;
    if ((await this.until(shows)) === "none") return;
    await this.#click(line, `the first line of the list of “${label}”`);
    await this.still(100);
  }

  /** Waits until a script says something; gives what. */
  async until(code) {
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      const said = await this.script(code);
      if (said || Date.now() > until) return said;
      await sleep(100);
    }
  }

  /** Presses where nothing happens: what is open closes. */
  async pressAside() {
    await this.#click("//main//h1", "the title of the room");
    await this.still(100);
  }

  /** Chooses from the list that opens at a label. */
  async choose(label, option) {
    const input = await this.#labelled(label);
    await this.#intoView(input);
    await input.sendKeys(Key.ARROW_DOWN);
    await this.#click(`//*[@role='option']${says(option)}`, `“${option}” in the list of “${label}”`);
  }

  /** Types into the search for a child, key by key. */
  async search(words) {
    const input = await this.#find("//input[@role='combobox'][@aria-controls='top-found']", "the search for a child");
    await input.click();
    await input.sendKeys(Key.chord(Key.CONTROL, "a"), Key.BACK_SPACE);
    for (const key of words) await input.sendKeys(key);
    this.keysPressed += words.length;
  }

  /** Keys pressed wherever the cursor is: `Control+Enter`, `Tab`, or characters. */
  async keys(...chords) {
    for (const chord of chords) {
      const parts = chord.length > 1 ? chord.split("+").map((part) => Key[KEY_NAMES[part]] ?? part) : [chord];
      const active = await this.#driver.switchTo().activeElement();
      await active.sendKeys(parts.length > 1 ? Key.chord(...parts) : parts[0]);
      this.keysPressed += 1;
    }
  }

  /** Moves the cursor with Tab until it stands at the field with this label. */
  async tabTo(label) {
    const at = `const field = document.activeElement?.closest("[data-field]"); return field?.querySelector("label")?.innerText.replace("*", "").trim() ?? "";`;
    for (let tabs = 0; tabs < 60; tabs += 1) {
      await this.keys("Tab");
      if ((await this.script(at)) === label) return;
    }
    throw new Error(`Tab does not lead to “${label}”`);
  }

  /** Presses by the page itself: the driver's mouse does not know the window's zoom. */
  async activate(text) {
    const paths = PRESSABLE.map((tag) => `//${tag}${says(text)}`);
    const element = await this.#find(paths.join(" | "), `a button “${text}”`);
    await this.script("arguments[0].click()", element);
  }

  /** Opens the list at a label, or at what a reader hears instead of one, by the page itself. */
  async openList(label) {
    await this.#open(label, ".el-select__wrapper");
  }

  /** Opens the calendar of the day with this label, by the page itself. */
  async openCalendar(label) {
    await this.#open(label, "button");
  }

  async #open(label, what) {
    const path = `//*[@data-field][.//label[normalize-space(translate(.,'*',''))=${quoted(label)}]] | //*[contains(@class,'el-select')][.//*[@aria-label=${quoted(label)}]]`;
    const place = await this.#find(path, `what opens at “${label}”`);
    await this.script("arguments[0].scrollIntoView({ block: 'center' }); arguments[0].querySelector(arguments[1]).click()", place, what);
  }

  /** Waits until the window has stood still for a while, ms: no answer awaited, nothing drawn anew, nothing sliding. */
  async still(ms) {
    const quiet = `const [ms, patience, done] = arguments;
      const begun = performance.now();
      let last = begun;
      const watch = new MutationObserver(() => (last = performance.now()));
      watch.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      const slides = () => document.getAnimations().some((one) => one.playState === "running" && Number.isFinite(one.effect?.getComputedTiming().endTime));
      const look = () => {
        const now = performance.now();
        if (slides() || document.documentElement.hasAttribute("data-awaits")) last = now;
        if (now - last < ms && now - begun < patience) return setTimeout(look, 20);
        watch.disconnect();
        done(now - last >= ms);
      };
      look();`;
    if (!(await this.wait(quiet, ms, PATIENCE_MS))) throw new Error(`the window does not come to rest for ${ms} ms`);
  }

  /** Goes straight to a place of the window, for tests that look at many. */
  async go(place) {
    await this.script("location.hash = arguments[0]", place);
    await this.still(60);
  }

  /** Keeps a picture of the window. */
  async screenshot(name) {
    await this.#driver.executeAsyncScript("const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done()))");
    mkdirSync(OUT, { recursive: true });
    this.#shots += 1;
    const file = join(OUT, `${this.#options.name}-${String(this.#shots).padStart(2, "0")}-${name}.png`);
    writeFileSync(file, await this.#driver.takeScreenshot(), "base64");
    return file;
  }

  /** Runs a script in the page, for looking at what a person cannot be asked: sizes, colours. */
  script(code, ...args) {
    return this.#driver.executeScript(code, ...args);
  }

  /** Runs a script that hands its answer to its last argument. */
  wait(code, ...args) {
    return this.#driver.executeAsyncScript(code, ...args);
  }

  /** What a checker of accessibility (axe-core, WCAG 2 A and AA with its best practices) finds on the screen. */
  async flaws() {
    await this.script(AXE);
    const found = await this.wait(`const done = arguments[arguments.length - 1];
      axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => done(violations.map(({ id, help, nodes }) => id + ": " + help + " " + nodes.map(({ html }) => html.slice(0, 160)).slice(0, 3).join(" "))), (error) => done([String(error)]));`);
    return found;
  }

  /** Sets the window's size, px. */
  resize(width, height) {
    return this.#driver.manage().window().setRect({ x: 0, y: 0, width, height });
  }
}

const KEY_NAMES = { Control: "CONTROL", Alt: "ALT", Shift: "SHIFT", Enter: "ENTER", Tab: "TAB", Escape: "ESCAPE", Down: "ARROW_DOWN", Up: "ARROW_UP", Right: "ARROW_RIGHT", Space: "SPACE", F3: "F3" };
