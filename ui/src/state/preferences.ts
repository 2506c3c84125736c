// Language, theme, zoom, whose work is shown first, and when the ledger locks itself. None of them says anything about a child, so the window may keep them outside the ledger.
import { defineStore } from "pinia";
import { computed, ref, watchEffect } from "vue";

import { call, zoom as setZoom } from "@/api/call";
import type { Language } from "@/api/types.gen";
import { i18n } from "@/words";

export type Theme = "light" | "dark" | "system";

/** Zoom factors offered, in per cent. */
export const ZOOMS = [90, 100, 110, 125, 150, 175] as const;

/** After how many minutes without a hand on it the ledger may lock itself. */
export const LOCKS = [5, 10, 30] as const;

export const usePreferences = defineStore("preferences", () => {
  const theme = ref<Theme>((localStorage.getItem("theme") as Theme | null) ?? "system");
  const zoom = ref(Number(localStorage.getItem("zoom") ?? "100"));
  /** Whose duties 今日 shows: of a teacher, of the principal, of all. */
  const role = ref(localStorage.getItem("role") ?? "all");
  /** Minutes after which a ledger that nobody touches locks itself (`package.md` §3: ten). */
  const lock = ref(Number(localStorage.getItem("lock") ?? "10"));
  const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
  const systemIsDark = ref(systemDark.matches);
  systemDark.addEventListener("change", (event) => (systemIsDark.value = event.matches));

  const isDark = computed(() => (theme.value === "system" ? systemIsDark.value : theme.value === "dark"));

  watchEffect(() => {
    document.documentElement.classList.toggle("dark", isDark.value);
    localStorage.setItem("theme", theme.value);
  });

  watchEffect(() => {
    localStorage.setItem("zoom", String(zoom.value));
    void setZoom(zoom.value / 100);
  });

  watchEffect(() => localStorage.setItem("role", role.value));
  watchEffect(() => localStorage.setItem("lock", String(lock.value)));

  function showLanguage(language: Language): void {
    i18n.global.locale.value = language;
    document.documentElement.lang = language;
  }

  async function speak(language: Language): Promise<void> {
    showLanguage(language);
    await call("set_language", language);
  }

  return { theme, zoom, role, lock, isDark, showLanguage, speak };
});
