import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import { processRuns } from "../host/processes.ts";

/** Which process works on a run. Process ids are reused, so machine, boot and start distinguish them. */
export interface Owner {
  readonly machine: string;
  readonly pid: number;
  /** When the process started, in the system's ticks; empty where the system does not report it. */
  readonly started: string;
}

/** The machine and the clock, as far as liveness needs them. */
export interface Host {
  readonly self: Owner;
  now(): number;
  /** Whether that process of this machine is alive; undefined where the system does not report it. */
  lives(owner: Owner): boolean | undefined;
}

/** How long an owner that cannot be checked may go without a heartbeat, in milliseconds. */
export const longestSilence = 300_000;

/** How often owners give a heartbeat, in milliseconds. */
export const heartbeatEvery = 20_000;

/** This machine and this process. */
export function thisHost(): Host {
  const started = ticksOf("self");
  // Containers share a boot but not their processes: the namespace distinguishes them.
  const machine = [
    hostname(),
    tryRead(() => readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()),
    tryRead(() => readlinkSync("/proc/self/ns/pid")),
  ];
  return { self: { machine: machine.join(" "), pid: process.pid, started: started ?? "" }, now: Date.now, lives };
}

function lives({ pid, started }: Owner): boolean | undefined {
  if (!processRuns(pid)) return false;
  const ticks = ticksOf(pid);
  // A process that another user hides, or a system without /proc: there is one of this number, and that is all we know.
  return ticks === undefined || started === "" ? undefined : ticks === started;
}

/** Whether an owner that gave its last heartbeat at `heartbeat` still works. */
export function isAlive(owner: Owner, heartbeat: number, host: Host): boolean {
  const known = owner.machine === host.self.machine ? host.lives(owner) : undefined;
  return known ?? host.now() - heartbeat < longestSilence;
}

/** An owner as one text: what a compare-and-swap compares. */
export function ownerText({ machine, pid, started }: Owner): string {
  return JSON.stringify([machine, pid, started]);
}

/** The owner that `ownerText` wrote. */
export function ownerOf(text: string): Owner {
  const [machine, pid, started] = JSON.parse(text) as [string, number, string];
  return { machine, pid, started };
}

/** An owner as a sentence names it: `process 12 on host`. */
export function processText(owner: string | null): string {
  if (owner === null) return "another process";
  const { machine, pid } = ownerOf(owner);
  return `process ${pid} on ${machine.split(" ")[0]}`;
}

/** A thread of a process as one text: that of the process and its number. */
export function workerText(owner: string, thread: number): string {
  return `${owner}#${thread}`;
}

/** A thread of a process as a sentence names it: `process 12 on host, thread 0`. */
export function threadText(worker: string): string {
  const [, owner = worker, thread = "0"] = /^(.*)#(\d+)$/.exec(worker) ?? [];
  return `${processText(owner)}, thread ${thread}`;
}

/** When a process started, by field 22 of proc_pid_stat(5); empty for one that is dead and not yet buried. */
function ticksOf(pid: number | "self"): string | undefined {
  const text = tryRead(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name in field 2 may hold spaces and brackets.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  if (text === "") return undefined;
  return fields[0] === "Z" || fields[0] === "X" ? "dead" : fields[19];
}

function tryRead(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
