import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/**/*.e2e.ts"],
    environment: "node",
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // One program and one browser serve a file; two files at once would fight over two cores.
    fileParallelism: false,
  },
});
