import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { phoneWorker } from "./src/phone/worker/build";
import { tokensCss } from "./src/tokens/css";

// The tokens live in one TypeScript table because the map style and the tests
// read it too; the pages get it as a style sheet, which a strict CSP allows.
function tokens(): Plugin {
  const name = "virtual:tokens.css";
  return {
    name: "citygrid-tokens",
    resolveId: (id) => (id === name ? "\0" + name : null),
    load: (id) => (id === "\0" + name ? tokensCss() : null),
  };
}

const server = process.env.CITYGRID_URL ?? "http://127.0.0.1:8080";

const proxy = Object.fromEntries(["/api", "/tiles", "/healthz", "/readyz", "/openapi.json"].map((path) => [path, server]));

// The program's own policy, so that `vite preview` refuses what the program will.
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; connect-src 'self'; worker-src 'self'; img-src 'self' data: blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export default defineConfig({
  plugins: [tokens(), react(), phoneWorker()],
  worker: { format: "es" },
  build: {
    target: "es2022",
    // The map library alone is about 1 MB; it is a chunk of its own and cached for ever.
    chunkSizeWarningLimit: 1500,
    assetsInlineLimit: 0,
    // public/.keep is copied into dist, where it keeps the Go embed alive.
    emptyOutDir: true,
  },
  server: { proxy },
  preview: { proxy, headers: { "Content-Security-Policy": policy } },
});
