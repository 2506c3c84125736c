// The one door to the engine, and the only file that imports @tauri-apps. Tests put a fake behind it.
import { Channel, invoke } from "@tauri-apps/api/core";
import { documentDir, homeDir } from "@tauri-apps/api/path";
import { getCurrentWebview } from "@tauri-apps/api/webview";
import { getCurrentWindow } from "@tauri-apps/api/window";
import { open, save } from "@tauri-apps/plugin-dialog";
import { openPath } from "@tauri-apps/plugin-opener";

import type { Actions, Failure } from "./types.gen";

/** The name of an action of the catalogue. */
export type ActionName = keyof Actions;
/** What an action is asked. */
export type Request<N extends ActionName> = Actions[N]["request"];
/** What an action answers. */
export type Reply<N extends ActionName> = Actions[N]["reply"];
/** Hears how far a long action is. */
export type Tell = (done: number, total: number) => void;

/** What a file dialog offers: a word for the kind of file and its endings. */
export interface FileKind {
  name: string;
  extensions: string[];
}

/** Everything the window asks of the world outside its page. */
export interface Door {
  call(name: string, request: unknown): Promise<unknown>;
  follow(name: string, request: unknown, job: string, tell: Tell): Promise<unknown>;
  page(preview: string, number: number): Promise<ArrayBuffer>;
  chooseFile(kind: FileKind): Promise<string | null>;
  chooseFolder(): Promise<string | null>;
  chooseTarget(name: string, kind: FileKind): Promise<string | null>;
  documents(): Promise<string>;
  openFile(path: string): Promise<void>;
  zoom(factor: number): Promise<void>;
  title(text: string): Promise<void>;
}

const engine: Door = {
  call: (name, request) => invoke("call", { name, request }),
  follow: (name, request, job, tell) => {
    const progress = new Channel<{ done: number; total: number }>();
    progress.onmessage = ({ done, total }) => tell(done, total);
    return invoke("follow", { name, request, job, progress });
  },
  page: (preview, number) => invoke("page", { preview, number }),
  chooseFile: (kind) => open({ multiple: false, directory: false, filters: [kind] }),
  chooseFolder: () => open({ multiple: false, directory: true }),
  chooseTarget: (name, kind) => save({ defaultPath: name, filters: [kind] }),
  documents: () => documentDir().catch(homeDir),
  openFile: (path) => openPath(path),
  zoom: (factor) => getCurrentWebview().setZoom(factor),
  title: (text) => getCurrentWindow().setTitle(text),
};

let door: Door = engine;

/** Puts another door in place; for tests. */
export function setDoor(other: Door): void {
  door = other;
}

/** Does an action. Throws a [`Failure`]; nothing was written then. */
export async function call<N extends ActionName>(name: N, request: Request<N>): Promise<Reply<N>> {
  return asFailure(door.call(name, wellFormed(request))) as Promise<Reply<N>>;
}

/** Does a long action, telling how far it is; `call("cancel", job)` ends it. */
export async function follow<N extends ActionName>(name: N, request: Request<N>, job: string, tell: Tell): Promise<Reply<N>> {
  long += 1;
  try {
    return (await asFailure(door.follow(name, wellFormed(request), job, tell))) as Reply<N>;
  } finally {
    long -= 1;
  }
}

/** A page of a preview, as PNG bytes. */
export async function page(preview: string, number: number): Promise<ArrayBuffer> {
  return asFailure(door.page(preview, number)) as Promise<ArrayBuffer>;
}

export const chooseFile = (kind: FileKind) => door.chooseFile(kind);
export const chooseFolder = () => door.chooseFolder();
export const chooseTarget = (name: string, kind: FileKind) => door.chooseTarget(name, kind);
/** The folder this person keeps documents in; the home folder where the system knows none. */
export const documents = () => door.documents();

/** Shows a file that was written in the system's own program for it. */
export async function openFile(file: string): Promise<void> {
  try {
    await door.openFile(file);
  } catch {
    throw { code: "no_viewer", facts: { file }, fields: [] } satisfies Failure;
  }
}

export const zoom = (factor: number) => door.zoom(factor);
export const title = (text: string) => door.title(text);

/** Whether something thrown is a failure of the engine. */
export function isFailure(thrown: unknown): thrown is Failure {
  return typeof thrown === "object" && thrown !== null && "code" in thrown && "facts" in thrown;
}

/** Whatever was thrown, as a failure: what is not one of the engine's is a defect of ours. */
export function toFailure(thrown: unknown): Failure {
  if (isFailure(thrown)) return thrown;
  const cause = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "defect", facts: { cause }, fields: [] };
}

let awaited = 0;
let long = 0;

/** Whether a long action goes on. */
export const isAtWork = () => long > 0;

/** The page says whether it waits for an answer (`data-awaits` of its root): who watches it knows when it is done. */
function awaits(more: 1 | -1): void {
  awaited += more;
  document.documentElement.toggleAttribute("data-awaits", awaited > 0);
}

async function asFailure(answer: Promise<unknown>): Promise<unknown> {
  awaits(1);
  try {
    return await answer;
  } catch (thrown) {
    throw toFailure(thrown);
  } finally {
    awaits(-1);
  }
}

/** The engine takes Unicode text only: half of a surrogate pair, left by an input method, becomes U+FFFD. */
function wellFormed(value: unknown): unknown {
  if (typeof value === "string") return value.replace(LONE_SURROGATE, "\uFFFD");
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, wellFormed(inner)]));
  }
  return value ?? null;
}

const LONE_SURROGATE = /\p{Surrogate}/gu;
