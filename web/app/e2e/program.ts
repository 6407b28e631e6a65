// Starts the real program with the demo city, once for all files.
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";

export interface Account {
  login: string;
  name: string;
  role: string;
  password: string;
}

export interface Program {
  url: string;
  accounts?: Account[];
  setup_code?: string;
}

declare module "vitest" {
  interface ProvidedContext {
    program: Program;
  }
}

const binary = new URL("../../../bin/citygrid", import.meta.url).pathname;

// start runs a command of the program on a free port and waits until it serves.
export async function start(command: "demo" | "serve"): Promise<{ program: Program; stop: () => Promise<void> }> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build first`);
  const data = mkdtempSync(join(tmpdir(), "citygrid-e2e-"));
  const child = spawn(binary, [command, "--listen", "127.0.0.1:0", "--data", join(data, "bureau"), "--json"], { stdio: ["ignore", "pipe", "pipe"] });
  const log: string[] = [];
  child.stderr.on("data", (b: Buffer) => log.push(b.toString()));
  try {
    const program = await firstLine(child, log);
    return { program, stop: () => stopped(child, data) };
  } catch (e) {
    await stopped(child, data);
    throw e;
  }
}

function firstLine(child: ChildProcess, log: string[]): Promise<Program> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`the program did not start:\n${log.join("")}`)), 60_000);
    child.once("exit", (code) => reject(new Error(`the program ended with ${code ?? "a signal"}:\n${log.join("")}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.startsWith("{")) return;
      clearTimeout(late);
      resolve(JSON.parse(line) as Program);
    });
  });
}

async function stopped(child: ChildProcess, data: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGTERM");
    await new Promise((done) => child.once("exit", done));
  }
  rmSync(data, { recursive: true, force: true });
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { program, stop } = await start("demo");
  project.provide("program", program);
  return stop;
}
