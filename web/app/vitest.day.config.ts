import { defineConfig } from "vitest/config";

// A bureau's day, from the tag to the end of a task, over kills of the server. It
// takes minutes, so it is not among what CI runs.
export default defineConfig({
  test: {
    include: ["e2e/day/*.e2e.ts"],
    globalSetup: ["e2e/program.ts"],
    environment: "node",
    testTimeout: 300_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
});
