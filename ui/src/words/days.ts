// Civil days in words.
import { language, say } from "@/words";

const DAY_MS = 86_400_000;

/** 2026年9月1日 星期二 */
export function inFullDay(day: string): string {
  const date = new Date(`${day}T00:00:00`);
  if (Number.isNaN(date.getTime())) return day;
  return date.toLocaleDateString(language(), { year: "numeric", month: "long", day: "numeric", weekday: "long" });
}

/** How far a day lies from today, in words: 今天, 3 天前, 还有 2 天. */
export function daysBetween(day: string, today: string): string {
  const days = Math.round((Date.parse(day) - Date.parse(today)) / DAY_MS);
  if (Number.isNaN(days)) return "";
  if (days === 0) return say("days.today");
  return days > 0 ? say("days.ahead", { days }) : say("days.ago", { days: -days });
}
