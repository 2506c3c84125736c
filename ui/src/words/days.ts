// Civil days in words.
import { language, say } from "@/words";

const DAY_MS = 86_400_000;

/** 2026年9月1日 星期二 */
export function inFullDay(day: string): string {
  return spoken(day, { year: "numeric", month: "long", day: "numeric", weekday: "long" });
}

/** 2026年9月, of `2026-09`. */
export function inMonth(month: string): string {
  return spoken(`${month}-01`, { year: "numeric", month: "long" });
}

/** 二, Tu: the weekday above a narrow column. */
export function weekday(day: string): string {
  return spoken(day, { weekday: "narrow" });
}

function spoken(day: string, parts: Intl.DateTimeFormatOptions): string {
  const date = new Date(`${day}T00:00:00`);
  return Number.isNaN(date.getTime()) ? day : date.toLocaleDateString(language(), parts);
}

/** How far a day lies from today, in words: 今天, 3 天前, 还有 2 天. */
export function daysBetween(day: string, today: string): string {
  const days = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  if (Number.isNaN(days)) return "";
  if (days === 0) return say("days.today");
  return days > 0 ? say("days.ahead", { days }) : say("days.ago", { days: -days });
}

/** The day so many days later. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The month so many months later, `2026-09`. */
export function monthAfter(month: string, months: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + months, 1)).toISOString().slice(0, 7);
}
