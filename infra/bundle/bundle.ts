/**
 * Makes the artefact of a door: what Lambda runs, and what the one-machine host runs. The host, the size budget and CDK all
 * use this one script. An artefact is made again only when one of its inputs changed.
 */
import { readFileSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { type BuildOptions, build, version as esbuildVersion, type Plugin, stop } from "esbuild";
import {
  type CachedArtefact,
  digestOf,
  findArtefact,
  rememberArtefact,
  stampsOf,
} from "#infra/bundle/artefact-cache.ts";
import { fillCodeCache } from "#infra/bundle/code-cache.ts";

export const checkout = resolve(import.meta.dirname, "../..");

/** A folder that holds `index.mjs` with the export `handler`, and nothing that is not shipped. */
export interface Artefact {
  readonly door: string;
  readonly folder: string;
  readonly file: string;
  /** Size of the code, code cache left out. */
  readonly bytes: number;
  /** Names the code: equal for equal code, on any machine. */
  readonly digest: string;
}

export interface BundleOptions {
  /** The module that exports `handler`. */
  readonly entry?: (door: string) => string;
  /** Where artefacts are kept. */
  readonly cache?: string;
  /** Variables with which the door's modules load, to fill the code cache. */
  readonly environment?: (door: string) => Readonly<Record<string, string>>;
}

/** Raised when artefacts of the same inputs look different. */
const recipe = 4;

/**
 * Packages, and what is used of them, that most events never need: they are in the bundle, but evaluated where they are first
 * called. Nothing belongs here that every first event needs: its start would only come later.
 */
const lateParts: Readonly<Record<string, readonly string[]>> = { "html-to-text": ["compile"] };

const late: Plugin = {
  name: "late",
  setup({ onResolve, onLoad, resolve: find }) {
    onResolve({ filter: /^[a-z]/ }, ({ path, kind, pluginData }) =>
      kind === "import-statement" && pluginData !== late && Object.hasOwn(lateParts, path)
        ? { path, namespace: "late" }
        : undefined,
    );
    onLoad({ filter: /./, namespace: "late" }, async ({ path }) => {
      const found = await find(path, { kind: "import-statement", resolveDir: checkout, pluginData: late });
      const call = (name: string) =>
        `exports.${name} = (...given) => require(${JSON.stringify(found.path)}).${name}(...given);`;
      return { contents: (lateParts[path] ?? []).map(call).join("\n"), errors: found.errors, resolveDir: checkout };
    });
  },
};

const options = {
  plugins: [late],
  bundle: true,
  minify: true,
  keepNames: false,
  platform: "node",
  format: "cjs",
  target: "node24",
  mainFields: ["module", "main"],
  // Code from the cache has no loader to import with; what is imported late is required.
  supported: { "dynamic-import": false },
  external: [],
  legalComments: "none",
  metafile: true,
  write: false,
  sourcemap: "external",
  logLevel: "silent",
  absWorkingDir: checkout,
  banner: { js: "(function(exports,require,module,__filename,__dirname){" },
  footer: { js: "})" },
} as const satisfies BuildOptions;

const bootstrap = readFileSync(new URL("bootstrap.mjs", import.meta.url));

/** Bundles one door. Throws with esbuild's messages where the code does not build. */
export async function bundleDoor(door: string, given: BundleOptions = {}): Promise<Artefact> {
  const [artefact] = await bundleDoors([door], given);
  if (!artefact) throw new Error(`${door} was not bundled`);
  return artefact;
}

/** Bundles doors in parallel; those whose inputs did not change are found in the cache. */
export async function bundleDoors(doors: readonly string[], given: BundleOptions = {}): Promise<Artefact[]> {
  const cache = given.cache ?? join(checkout, ".cache/doors");
  const entry = given.entry ?? ((door) => join(checkout, "functions", door, "handler.ts"));
  const stamps = stampsOf(checkout);
  const keyOf = (door: string): string =>
    [recipe, digestOf(bootstrap), esbuildVersion, process.version, process.arch, relative(checkout, entry(door))].join(
      " ",
    );
  await mkdir(cache, { recursive: true });
  let built = false;
  const artefacts = await Promise.all(
    doors.map(async (door) => {
      const found = findArtefact(cache, door, keyOf(door), stamps);
      if (found) return { door, ...found };
      built = true;
      return { door, ...(await make(door, entry(door), cache, keyOf(door), given.environment?.(door) ?? {})) };
    }),
  );
  // esbuild keeps a process waiting for more work otherwise.
  if (built) await stop();
  return artefacts;
}

async function make(
  door: string,
  entry: string,
  cache: string,
  key: string,
  environment: Readonly<Record<string, string>>,
): Promise<CachedArtefact> {
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [entry], outfile: "door.cjs" });
  const code = outputFiles.find(({ path }) => path.endsWith(".cjs"));
  const map = outputFiles.find(({ path }) => path.endsWith(".map"));
  if (!code) throw new Error(`esbuild made nothing of ${entry}`);
  const digest = digestOf(code.contents, bootstrap);
  const folder = join(cache, `${door}-${digest.slice(0, 16)}`);
  const unfinished = `${folder}.${String(process.pid)}.tmp`;
  await mkdir(unfinished, { recursive: true });
  await writeFile(join(unfinished, "door.cjs"), code.contents);
  await writeFile(join(unfinished, "index.mjs"), bootstrap);
  if (map) await writeFile(`${folder}.map`, map.contents);
  await fillCodeCache(unfinished, environment);
  await rm(folder, { recursive: true, force: true });
  await rename(unfinished, folder);
  const artefact = {
    folder,
    file: join(folder, "index.mjs"),
    bytes: code.contents.byteLength + bootstrap.byteLength,
    digest,
  };
  rememberArtefact(cache, door, key, artefact, Object.keys(metafile.inputs), stampsOf(checkout));
  return artefact;
}
