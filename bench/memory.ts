import { readFileSync, readdirSync } from "node:fs";

const sampleMilliseconds = 200;

/** Watches the memory of a process and of all that it started: highest sum of their resident sets, in MB. Linux only. */
export class PeakMemory {
  private peakKilobytes = 0;
  private timer: NodeJS.Timeout | undefined;

  watch(pid: number): void {
    this.timer = setInterval(() => {
      this.peakKilobytes = Math.max(this.peakKilobytes, residentKilobytes(pid));
    }, sampleMilliseconds);
  }

  /** Ends the watch; the peak in MB. */
  stop(): number {
    clearInterval(this.timer);
    return Math.round(this.peakKilobytes / 1024);
  }
}

function residentKilobytes(root: number): number {
  const processes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, "utf8");
        return [{ pid: Number(name), parent: field(status, "PPid"), resident: field(status, "VmRSS") }];
      } catch {
        return [];
      }
    });
  const tree = new Set([root]);
  // A child has mostly a higher number than its parent, but not after the numbers wrapped: go on until nothing is added.
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  return processes.filter(({ pid }) => tree.has(pid)).reduce((sum, { resident }) => sum + resident, 0);
}

function field(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
}
