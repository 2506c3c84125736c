import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import enRooms from "@assets/words/en/rooms.json";
import enUi from "@assets/words/en/ui.json";
import zhRooms from "@assets/words/zh-CN/rooms.json";
import zhUi from "@assets/words/zh-CN/ui.json";

const en = { ...enUi, ...enRooms };
const zh = { ...zhUi, ...zhRooms };

type Words = { [key: string]: string | Words };

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
  const facts = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of keys(zh)) expect([key, facts(sentence(en, key))]).toEqual([key, facts(sentence(zh, key))]);
});

test("every word the window asks for is there", () => {
  const asked = sources("src").flatMap((text) => [...text.matchAll(/(?:\$t|\bsay)\(\s*"([a-z_.]+)"/g)].map((match) => match[1] ?? ""));
  const known = new Set(keys(zh));
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((key) => !known.has(key))).toEqual([]);
});

test("no table of words hides a word of another", () => {
  expect(Object.keys(zhUi).filter((key) => key in zhRooms)).toEqual([]);
});

test("the window speaks no word of cryptography", () => {
  const jargon = /公钥|私钥|密钥|加密|解密|签名算法|哈希|证书|指纹|\b(encrypt|decrypt|cipher|certificate|hash|public key|private key)/i;
  const spoken = [zh, en].flatMap((words) => keys(words).map((key) => sentence(words, key)));
  expect(spoken.filter((text) => jargon.test(text))).toEqual([]);
});
