import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks a second that /proc counts in: 100 on every Linux that Node runs on. */
const tickMs = 10;

/** User and system time, in milliseconds, of processes and all that they started and that still run. */
export function cpuMs(...pids: readonly number[]): number {
  const all = stats();
  const wanted = new Set(pids);
  // A child's number may be lower than its parent's once numbers start anew, so look until nothing is found.
  for (let before = 0; before !== wanted.size; ) {
    before = wanted.size;
    for (const { pid, parent } of all) if (wanted.has(parent)) wanted.add(pid);
  }
  return all.filter(({ pid }) => wanted.has(pid)).reduce((sum, { ms }) => sum + ms, 0);
}

function stats() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      const fields = readFields(`/proc/${name}/stat`);
      return fields
        ? [{ pid: Number(name), parent: Number(fields[1]), ms: (Number(fields[11]) + Number(fields[12])) * tickMs }]
        : [];
    });
}

/** The fields after the name, which may hold anything: state is the first (proc_pid_stat(5)). */
function readFields(file: string): string[] | undefined {
  try {
    const text = readFileSync(file, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}

/** The most memory that a process ever had resident, in MiB (`VmHWM`). */
export function peakMib(pid: number): number {
  const [, kib] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${String(pid)}/status`, "latin1")) ?? [];
  if (kib === undefined) throw new Error(`The system does not tell the memory of process ${String(pid)}.`);
  return Number(kib) / 1024;
}
