import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

import { place } from "./scripts/place.ts";
import { precompress } from "./scripts/precompress.ts";

const gateway = process.env["HEADRACE_GATEWAY"] ?? "http://127.0.0.1:3000";

export default defineConfig({
  plugins: [react(), precompress(), place()],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: {
    target: "es2023",
    // Not `assets`: that is where the pages of assets are.
    assetsDir: "static",
    // One line per chunk is enough; the figures are in docs/performance.md.
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1600,
    // Small files would become data: URLs, which the content security policy refuses for scripts and workers.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    port: 3100,
    proxy: { "/headrace.api.gateway.v1.": gateway },
  },
  // Logic needs no page; what does, says so with `@vitest-environment jsdom`.
  test: { environment: "node", include: ["src/**/*.test.{ts,tsx}"] },
} as Parameters<typeof defineConfig>[0]);
