// How the texts of long lists sound: asked of the engine once, so that a list is searched by pinyin as it is typed in.
import { call } from "@/api/call";

const known = new Map<string, string[]>();

const plain = (text: string) => text.toLowerCase().replace(/[\s'’]/g, "");

/** Learns the pinyin of texts that are not known yet. */
export async function learn(texts: string[]): Promise<void> {
  const missing = [...new Set(texts)].filter((text) => !known.has(text));
  if (missing.length === 0) return;
  const sounds = await call("sounds", missing);
  missing.forEach((text, at) => known.set(text, (sounds[at] ?? "").split("\n")));
}

/** Whether a text holds what was typed: its characters, its pinyin or its initials. */
export function fits(text: string, typed: string): boolean {
  const wanted = plain(typed);
  return wanted === "" || plain(text).includes(wanted) || (known.get(text) ?? []).some((sound) => sound.includes(wanted));
}
