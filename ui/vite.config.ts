/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { type Plugin, defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The window freezes Object.prototype, after which dayjs cannot set its own valueOf and toString by assignment.
 * A prototype that inherits nothing lets it.
 */
const dayjsUnderFrozenPrototypes: Plugin = {
  name: "dayjs-under-frozen-prototypes",
  transform(code, id) {
    if (!id.split("?")[0]?.endsWith("/dayjs/dayjs.min.js")) return undefined;
    const mended = code.replace("m=M.prototype", "m=M.prototype=Object.create(null,{constructor:{value:M}})");
    if (mended === code) throw new Error("dayjs has changed: see why this plugin mends it");
    return { code: mended, map: null };
  },
};

export default defineConfig({
  plugins: [vue(), dayjsUnderFrozenPrototypes],
  resolve: { alias: { "@": here("./src"), "@assets": here("../assets") } },
  server: { port: 1420, strictPort: true, fs: { allow: [here("..")] } },
  // The oldest web runtime served: WebKitGTK 2.40 of Debian 12, WebView2 of Windows 10.
  build: { target: "safari16", chunkSizeWarningLimit: 1200 },
  define: { __VUE_OPTIONS_API__: true, __INTLIFY_PROD_DEVTOOLS__: false },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
