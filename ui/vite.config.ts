/// <reference types="vitest/config" />
import { fileURLToPath } from "node:url";

import vue from "@vitejs/plugin-vue";
import { type Plugin, defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * The window freezes Object.prototype, after which a library cannot assign a name that an object inherits from it.
 * File, what it does, and the same done so that the name becomes the object's own.
 */
const ASSIGNS_INHERITED_NAMES = [
  ["/dayjs/dayjs.min.js", "m=M.prototype", "m=M.prototype=Object.create(null,{constructor:{value:M}})"],
  ["/echarts/lib/core/Scheduler.js", "target[name_1] = noop", "Object.defineProperty(target, name_1, { value: noop, writable: true })"],
] as const;

const underFrozenPrototypes: Plugin = {
  name: "under-frozen-prototypes",
  transform(code, id) {
    const found = ASSIGNS_INHERITED_NAMES.find(([file]) => id.split("?")[0]?.endsWith(file));
    if (!found) return undefined;
    const [file, assigns, defines] = found;
    const mended = code.replace(assigns, defines);
    if (mended === code) throw new Error(`${file} has changed: see why this plugin mends it`);
    return { code: mended, map: null };
  },
};

export default defineConfig({
  plugins: [vue(), underFrozenPrototypes],
  resolve: { alias: { "@": here("./src"), "@assets": here("../assets") } },
  server: { port: 1420, strictPort: true, fs: { allow: [here("..")] } },
  // The oldest web runtime served: WebKitGTK 2.40 of Debian 12, WebView2 of Windows 10.
  build: { target: "safari16", chunkSizeWarningLimit: 1200 },
  define: { __VUE_OPTIONS_API__: true, __INTLIFY_PROD_DEVTOOLS__: false },
  test: { environment: "happy-dom", include: ["tests/**/*.test.ts"] },
});
