/**
 * Completes the lock file for `npm ci`. A registry may lack some platform packages that a locked package lists as optional;
 * npm then leaves them out of the lock, and the next `npm ci` refuses it. This adds an entry without integrity for each, as npm
 * itself writes for platforms it did not install. Run by `npm run lock`.
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as z from "zod";

const Package = z.looseObject({ optionalDependencies: z.record(z.string(), z.string()).optional() });
const Lock = z.looseObject({ packages: z.record(z.string(), Package) });

const systems = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const processors = ["arm", "arm64", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "x64"];

/** The entry of a platform package, read off its name; `undefined` for a package that names no platform. */
export function platformStub(name: string, version: string): Record<string, unknown> | undefined {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (os.length === 0 || cpu.length === 0) return undefined;
  const libc = words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  return { version, cpu, os, dev: true, optional: true, ...(libc.length > 0 ? { libc } : {}) };
}

/** Adds what is missing to a parsed lock file; answers the names added. */
export function addPlatformStubs(lock: z.infer<typeof Lock>): string[] {
  const added: string[] = [];
  for (const { optionalDependencies = {} } of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const path = `node_modules/${name}`;
      const stub = lock.packages[path] ? undefined : platformStub(name, version);
      if (!stub) continue;
      lock.packages[path] = stub;
      added.push(name);
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
  return added;
}

if (import.meta.main) {
  const text = readFileSync("package-lock.json", "utf8");
  if (text.includes('"resolved"')) {
    throw new Error(
      "The lock file names download addresses. Run `npm config set omit-lockfile-registry-resolved true`, delete the lock file, and lock again.",
    );
  }
  const lock = Lock.parse(JSON.parse(text));
  const added = addPlatformStubs(lock);
  writeFileSync("package-lock.json", `${JSON.stringify(lock, null, 2)}\n`);
  process.stdout.write(`${String(added.length)} platform packages added to the lock file.\n`);
}
