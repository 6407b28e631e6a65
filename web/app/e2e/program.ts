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

// A Running program: it can be killed as by a power cut, and started again on the
// same folder and port.
export interface Running {
  program: Program;
  killed: () => Promise<void>;
  again: () => Promise<void>;
  stop: () => Promise<void>;
}

// start runs a command of the program on a free port and waits until it serves.
export async function start(command: "demo" | "serve", ...flags: string[]): Promise<Running> {
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run make build first`);
  const data = mkdtempSync(join(tmpdir(), "citygrid-e2e-"));
  const run = (listen: string) => {
    const child = spawn(binary, [command, "--listen", listen, "--data", join(data, "bureau"), "--json", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    const log: string[] = [];
    child.stderr.on("data", (b: Buffer) => log.push(b.toString()));
    return { child, ready: firstLine(child, log) };
  };
  let now = run("127.0.0.1:0");
  try {
    const program = await now.ready;
    return {
      program,
      killed: () => ended(now.child, "SIGKILL"),
      async again() {
        now = run(new URL(program.url).host);
        await now.ready;
      },
      async stop() {
        await ended(now.child, "SIGTERM");
        removeFolder(data);
      },
    };
  } catch (e) {
    await ended(now.child, "SIGTERM");
    removeFolder(data);
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

async function ended(child: ChildProcess, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  await new Promise((done) => child.once("exit", done));
}

function removeFolder(data: string): void {
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // Nobody moves by himself here: what a test sees is what it did.
  const { program, stop } = await start("demo", "--no-simulate");
  project.provide("program", program);
  return stop;
}
