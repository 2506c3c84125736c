import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import zhAttachments from "@assets/words/zh-CN/attachments.json";
import zhCenter from "@assets/words/zh-CN/center.json";
import zhKeeping from "@assets/words/zh-CN/keeping.json";
import zhRooms from "@assets/words/zh-CN/rooms.json";
import zhSticks from "@assets/words/zh-CN/sticks.json";
import zhUi from "@assets/words/zh-CN/ui.json";

import { i18n } from "@/words";

type Words = { [key: string]: string | Words };

const messages = i18n.global.messages.value as unknown as Record<string, Words>;
const zh = messages["zh-CN"] ?? {};
const en = messages.en ?? {};

function keys(words: Words, before = ""): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === "string" ? [before + key] : keys(value, `${before}${key}.`)));
}

function sentence(words: Words, key: string): string {
  return key.split(".").reduce<Words | string>((at, step) => (at as Words)[step] ?? "", words) as string;
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(vue|ts)$/.test(entry.name) ? [readFileSync(path, "utf8")] : [];
  });
}

test("both languages say the same things with the same facts", () => {
  expect(keys(en).sort()).toEqual(keys(zh).sort());
  const facts = (text: string) => [...new Set([...text.matchAll(/\{\w+\}/g)].map(String))].sort();
  for (const key of keys(zh)) expect([key, facts(sentence(en, key))]).toEqual([key, facts(sentence(zh, key))]);
});

test("every word the window asks for is there", () => {
  const asked = sources("src").flatMap((text) => [...text.matchAll(/(?:\$t|\bsay)\(\s*"([a-z_.]+)"/g)].map((match) => match[1] ?? ""));
  const known = new Set(keys(zh));
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("no table of words hides a word of another", () => {
  const all = [zhUi, zhRooms, zhCenter, zhAttachments, zhKeeping, zhSticks].flatMap((table) => Object.keys(table));
  expect(all.filter((key, at) => all.indexOf(key) !== at)).toEqual([]);
});

test("the window speaks no word of cryptography", () => {
  const jargon = /公钥|私钥|密钥|加密|解密|签名算法|哈希|证书|指纹|\b(encrypt|decrypt|cipher|certificate|hash|public key|private key)/i;
  const spoken = [zh, en].flatMap((words) => keys(words).map((key) => sentence(words, key)));
  expect(spoken.filter((text) => jargon.test(text))).toEqual([]);
});
