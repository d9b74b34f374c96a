import { systemCode } from "./file-failure.ts";

/** Whether this machine has a process of that number, be it another user's. */
export function processRuns(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
