// The folder that stands for the stick, remembered on this computer.
import { ref, watch } from "vue";

export function useFolder(name: string) {
  const folder = ref(localStorage.getItem(`folder/${name}`) ?? "");
  watch(folder, (path) => localStorage.setItem(`folder/${name}`, path));
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
