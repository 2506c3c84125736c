// What people read: the files of assets/words, the same ones the engine and the command line use.
import { createI18n } from "vue-i18n";

import enAttachments from "@assets/words/en/attachments.json";
import enCenter from "@assets/words/en/center.json";
import enCounty from "@assets/words/en/county.json";
import enErrors from "@assets/words/en/errors.json";
import enLineages from "@assets/words/en/lineages.json";
import enKeeping from "@assets/words/en/keeping.json";
import enObjections from "@assets/words/en/objections.json";
import enRates from "@assets/words/en/rates.json";
import enRooms from "@assets/words/en/rooms.json";
import enSticks from "@assets/words/en/sticks.json";
import enRules from "@assets/words/en/rules.json";
import enUi from "@assets/words/en/ui.json";
import zhAttachments from "@assets/words/zh-CN/attachments.json";
import enWhere from "@assets/words/en/whereabouts.json";
import zhCenter from "@assets/words/zh-CN/center.json";
import zhCounty from "@assets/words/zh-CN/county.json";
import zhErrors from "@assets/words/zh-CN/errors.json";
import zhLineages from "@assets/words/zh-CN/lineages.json";
import zhKeeping from "@assets/words/zh-CN/keeping.json";
import zhObjections from "@assets/words/zh-CN/objections.json";
import zhRates from "@assets/words/zh-CN/rates.json";
import zhRooms from "@assets/words/zh-CN/rooms.json";
import zhSticks from "@assets/words/zh-CN/sticks.json";
import zhRules from "@assets/words/zh-CN/rules.json";
import zhUi from "@assets/words/zh-CN/ui.json";
import zhWhere from "@assets/words/zh-CN/whereabouts.json";

import type { Label, Language, Problem } from "@/api/types.gen";

export const i18n = createI18n({
  legacy: false,
  locale: "zh-CN",
  fallbackLocale: "zh-CN",
  messages: {
    "zh-CN": { ...zhUi, ...zhRooms, ...zhCenter, ...zhAttachments, ...zhKeeping, ...zhSticks, lineages: zhLineages, county: zhCounty, objections: zhObjections, rates: zhRates, whereabouts: zhWhere, errors: zhErrors, rules: zhRules },
    en: { ...enUi, ...enRooms, ...enCenter, ...enAttachments, ...enKeeping, ...enSticks, lineages: enLineages, county: enCounty, objections: enObjections, rates: enRates, whereabouts: enWhere, errors: enErrors, rules: enRules },
  },
});

/** The language in use. */
export function language(): Language {
  return i18n.global.locale.value as Language;
}

/** A text of a definition in the language in use. */
export function inWords(label: Label | null | undefined): string {
  if (!label) return "";
  return language() === "en" ? label.en : label.zh;
}

/** The name of a code in the language in use. */
export function codeInWords(code: { zh: string; en: string }): string {
  return language() === "en" ? code.en : code.zh;
}

/** The sentence about a problem with a field; a warning has a gentler one where it needs one. */
export function problemInWords(problem: Problem): string {
  const gentler = `rules.${problem.rule}_later`;
  const key = problem.severity === "warning" && i18n.global.te(gentler) ? gentler : `rules.${problem.rule}`;
  return say(key, problem.facts);
}

/** The sentences about problems, one after the other; a full stop of full width needs no space behind it. */
export function problemsInWords(problems: Problem[]): string {
  return problems.map(problemInWords).reduce((said, one) => (said === "" || /[。！？：]$/.test(said) ? said + one : `${said} ${one}`), "");
}

/** A word or sentence by its key. */
export const say = (key: string, facts: Record<string, string | number> = {}): string => i18n.global.t(key, facts);
