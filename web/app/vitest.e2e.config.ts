import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["e2e/*.e2e.ts"],
    globalSetup: ["e2e/program.ts"],
    environment: "node",
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One program and one browser serve a file; two files at once would fight over two cores.
    fileParallelism: false,
  },
});
