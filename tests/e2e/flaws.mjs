// What is wrong with a screen that can be measured.

/** What a tired eye or hand would miss: text under 16 px, words of the program's own, targets under 32 px or under something else, a place to scroll in that is
 * hardly there, a page wider than the window. While something lies over the page, that alone is looked at, and it lies in the window. */
export const FLAWS = `
  const visible = (e) => { const r = e.getBoundingClientRect(); return r.width > 0 && r.height > 0 && getComputedStyle(e).visibility !== "hidden" && e.checkVisibility(); };
  const named = (e) => e.tagName.toLowerCase() + " “" + (e.textContent || e.getAttribute("aria-label") || "").trim().slice(0, 20) + "”";
  const over = document.querySelector("dialog[open]") ?? [...document.querySelectorAll("[role=dialog], .el-popper")].filter(visible).at(-1);
  const looked = over ?? document.body;
  const texts = [...looked.querySelectorAll("*")].filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) && visible(e));
  // The web runtime says a drawing's sizes divided by the zoom.
  const size = (e) => parseFloat(e instanceof SVGElement ? e.style.fontSize : getComputedStyle(e).fontSize);
  const small = texts.filter((e) => size(e) < 16).map((e) => "small text: " + named(e));
  const paths = texts.filter((e) => /^(?!.*\\.(xlsx|pdf)$)[a-z_]+(\\[.*\\])?(\\.[a-z_]+(\\[.*\\])?)+$/.test(e.textContent.trim())).map((e) => "a path instead of words: " + named(e));
  const targets = [...looked.querySelectorAll("button, a, [role=tab], [role=menuitem], [role=option], select, textarea, input:not([type=checkbox]):not([type=radio]), label:has(input)")].filter(visible);
  // A line to type in belongs to the box drawn around it: pressing anywhere in the box reaches it.
  const box = (e) => (e.tagName === "INPUT" ? (e.closest(".el-select__wrapper") ?? e) : e);
  const tall = (e) => box(e).getBoundingClientRect().height;
  const low = targets.filter((e) => !e.classList.contains("spoken-only") && tall(e) < 32).map((e) => "low target: " + named(e));
  const middle = (e) => { const r = box(e).getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
  const holds = (place, [x, y]) => { const r = place.getBoundingClientRect(); return x > r.left && x < r.right && y > r.top && y < r.bottom; };
  const scrolls = (e) => /auto|scroll|hidden/.test(getComputedStyle(e).overflow);
  const around = (e) => (e.parentElement ? [e.parentElement, ...around(e.parentElement)] : []);
  const shown = (e) => around(e).every((place) => !scrolls(place) || holds(place, middle(e)));
  const reaches = (e, hit) => !hit || e.contains(hit) || hit.contains(e) || box(e).contains(hit) || e.closest("label")?.contains(hit) || hit.closest("[role=status]") || [hit, ...around(hit)].some((one) => getComputedStyle(one).position === "sticky");
  const covered = targets.filter((e) => !e.classList.contains("spoken-only") && shown(e) && !reaches(e, document.elementFromPoint(...middle(e)))).map((e) => "covered: " + named(e));
  const ports = [...document.querySelectorAll("main, main *")].filter((e) => visible(e) && e.tagName !== "TEXTAREA" && /auto|scroll/.test(getComputedStyle(e).overflowY));
  const squeezed = ports.filter((e) => e.scrollHeight > e.clientHeight + 1 && e.clientHeight < 120).map((e) => "squeezed: " + named(e));
  const inside = (r) => r.left >= -1 && r.top >= -1 && r.right <= innerWidth + 1 && r.bottom <= innerHeight + 1;
  const beyond = over && !inside(over.getBoundingClientRect()) ? ["beyond the window: " + named(over)] : [];
  const wide = document.documentElement.scrollWidth > document.documentElement.clientWidth + 1 ? ["the page is wider than the window"] : [];
  const main = document.querySelector("main");
  const cut = main && main.scrollWidth > main.clientWidth + 1 ? ["the room is wider than its place"] : [];
  return [...new Set([...small, ...paths, ...low, ...covered, ...squeezed, ...beyond, ...wide, ...cut])];
`;
