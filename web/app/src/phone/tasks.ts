// What a phone makes of tasks: those the server knows, with the steps that the
// phone took and hasn't told yet.
import type { Task, TaskState } from "../live/wire";
import type { WaitingStep } from "./outbox";

const order: Record<TaskState, number> = { sent: 0, received: 1, arrived: 2, done: 3, declined: 4, recalled: 5 };

// A Shown is a task as the phone shows it; waiting is true while a step of it
// hasn't been told.
export interface Shown {
  task: Task;
  state: TaskState;
  waiting: boolean;
}

export const isOpen = (state: TaskState): boolean => order[state] < 3;

export function withSteps(task: Task, steps: readonly WaitingStep[]): Shown {
  const own = steps.filter((s) => s.task === task.id);
  // What the server has ended stays ended, whatever we still have to tell.
  const state = isOpen(task.state) ? own.reduce<TaskState>((s, step) => (order[step.to] > order[s] ? step.to : s), task.state) : task.state;
  return { task, state, waiting: own.length > 0 };
}

// shown lists tasks with the one to do first at the top: at work before new,
// worse before better, older before newer; then those that were called back, and
// last what is done.
export function shown(tasks: readonly Task[], steps: readonly WaitingStep[]): Shown[] {
  const grade = { confirmed: 0, likely: 1, possible: 2 };
  const rank = ({ task, state }: Shown): number[] => [
    isOpen(state) ? 0 : state === "recalled" ? 1 : 2,
    state === "arrived" ? 0 : 1,
    task.about === null ? 3 : grade[task.about.grade],
    isOpen(state) ? Date.parse(task.sent) : -Date.parse(task.sent),
  ];
  return tasks
    .map((t) => withSteps(t, steps))
    .map((s) => ({ s, r: rank(s) }))
    .sort((a, b) => {
      const i = a.r.findIndex((v, k) => v !== b.r[k]);
      return i < 0 ? a.s.task.id - b.s.task.id : (a.r[i] ?? 0) - (b.r[i] ?? 0);
    })
    .map(({ s }) => s);
}

// next is the step that the big button takes; null when nothing is left to do.
export function next(state: TaskState): "arrived" | "done" | null {
  if (state === "sent" || state === "received") return "arrived";
  return state === "arrived" ? "done" : null;
}

// newest merges two lists of tasks by id; the higher seq knows better.
export function newest(...lists: readonly (readonly Task[])[]): Task[] {
  const byId = new Map<number, Task>();
  for (const list of lists) for (const t of list) if ((byId.get(t.id)?.seq ?? -1) < t.seq) byId.set(t.id, t);
  return [...byId.values()];
}

// recent are the tasks worth a place on a small screen: open ones, and those that
// ended in this shift.
export function recent(tasks: readonly Task[], since: number): Task[] {
  return tasks.filter((t) => isOpen(t.state) || Math.max(Date.parse(t.sent), ...t.steps.map((s) => Date.parse(s.at))) >= since);
}
