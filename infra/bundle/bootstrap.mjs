// Shipped as index.mjs beside door.cjs, the bundle, wrapped in a function; and door.<node>.cache, V8's compiled code of it.
// Node's own compile cache names the user id in its path and keeps its files from others, so one made here can't be read
// by the user that a Lambda runs as. V8 itself refuses a cache of other code or another V8; then the code is compiled.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Script } from "node:vm";

const filename = `${import.meta.dirname}/door.cjs`;

function readCache() {
  try {
    return readFileSync(`${import.meta.dirname}/door.${process.version}-${process.arch}.cache`);
  } catch {
    return undefined;
  }
}

/** For the build, which takes the cache from it. */
export const script = new Script(readFileSync(filename, "utf8"), { filename, cachedData: readCache() });

const module = { exports: {} };
script.runInThisContext()(module.exports, createRequire(filename), module, filename, import.meta.dirname);

export const handler = module.exports.handler;
