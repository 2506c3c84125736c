// Folders that were chosen before, remembered on this computer: the one that stands for the stick, the one for papers.
import { ref, watch } from "vue";

import { documents } from "@/api/call";

export function useFolder(name: string) {
  const folder = ref(localStorage.getItem(`folder/${name}`) ?? "");
  watch(folder, (path) => localStorage.setItem(`folder/${name}`, path));
  return folder;
}

/** Learns where people keep their documents, before the first page asks. */
export async function learnDocuments(): Promise<void> {
  localStorage.setItem("folder/documents", await documents().catch(() => ""));
}

/** The folder that papers and workbooks are written to: where people keep their documents, until another is chosen. */
export function useOutFolder(name: string) {
  const folder = useFolder(name);
  folder.value ||= localStorage.getItem("folder/documents") ?? "";
  return folder;
}

/** A file inside a folder, with the folder's own kind of separator. */
export function inFolder(folder: string, file: string): string {
  const separator = folder.includes("\\") && !folder.includes("/") ? "\\" : "/";
  return folder.replace(/[\\/]+$/, "") + separator + file;
}

/** The last part of a path. */
export function fileName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}
