/**
 * Releases as a public host reads them: the pointer at most every two seconds for each tenant, and a body once. A body never changes
 * under its digest, so what was read is kept until there is no room.
 */
import { readReleaseBody } from "#shared/posture/read-release-body.ts";
import type { ReleaseBody } from "#shared/posture/release-body.ts";
import type { PublicRelease, ReleasePointer } from "#shared/release/public-release.ts";
import { listPublicReleases, readPublicRelease, readReleasePointer } from "./public-releases.ts";
import { type ReleaseStore, readBody } from "./release-bodies.ts";
import { remembered } from "./remembered.ts";
import type { TenantScope } from "./tenant-scope.ts";

/** How long the host may go on with what it knows, in milliseconds. */
const pointerAge = 2_000;
const mostTenants = 1_000;
/** Length of all bodies that are kept together; in memory they are some times as large. */
const mostBytes = 24 * 1024 * 1024;

type ReleasePage = Awaited<ReturnType<typeof listPublicReleases>>;
const pageLength = 50;

interface ShownRelease {
  readonly pointer: ReleasePointer;
  readonly body: ReleaseBody;
}

export interface ReleaseReader {
  /** The release that is shown; `undefined` before the first. One table read in two seconds, one object for each new release. */
  shown(scope: TenantScope): Promise<ShownRelease | undefined>;
  /** Which release is shown, without what it holds. */
  pointer(scope: TenantScope): Promise<ReleasePointer | undefined>;
  /** Releases that are or were shown, the newest first, 50 at a time. `before`: the last number of the page before. */
  list(scope: TenantScope, before: number | undefined): Promise<ReleasePage>;
  /** What the public may know of one release; `undefined` where there is none. */
  release(scope: TenantScope, number: number): Promise<PublicRelease | undefined>;
  /** What a release holds; `undefined` where it was withdrawn. */
  body(
    scope: TenantScope,
    release: Pick<PublicRelease, "body" | "bytes" | "withdrawn">,
  ): Promise<ReleaseBody | undefined>;
}

export function releaseReader(store: ReleaseStore, now: () => Date): ReleaseReader {
  const pointers = remembered<ReleasePointer | undefined>({ age: pointerAge, most: mostTenants, now });
  const releases = remembered<PublicRelease | undefined>({ age: pointerAge, most: mostTenants, now });
  const pages = remembered<ReleasePage>({ age: pointerAge, most: mostTenants, now });
  const bodies = keptBodies();

  const body = ({ tenant }: TenantScope, digest: string, bytes: number): Promise<ReleaseBody | undefined> =>
    bodies(`${tenant} ${digest}`, bytes, async () => {
      const found = await readBody(store, tenant, digest);
      return found && readReleaseBody(found);
    });

  const pointerOf = (scope: TenantScope) => pointers(scope.tenant, () => readReleasePointer(scope));

  return {
    pointer: pointerOf,

    list: (scope, before) =>
      pages(`${scope.tenant} ${String(before)}`, () => listPublicReleases(scope, { limit: pageLength, before })),

    async shown(scope) {
      const pointer = await pointerOf(scope);
      if (pointer === undefined) return undefined;
      const found = await body(scope, pointer.body, pointer.bytes);
      if (found === undefined)
        throw new Error(
          `The body of release ${String(pointer.release)} of ${scope.tenant} is missing: restore the bucket.`,
        );
      return { pointer, body: found };
    },

    release: (scope, number) => releases(`${scope.tenant} ${String(number)}`, () => readPublicRelease(scope, number)),

    // What was withdrawn may still be in memory here, and is not shown all the same.
    body: async (scope, release) =>
      release.withdrawn === undefined ? body(scope, release.body, release.bytes) : undefined,
  };
}

/** Bodies by name, those that were not asked for longest go first. */
function keptBodies() {
  const kept = new Map<string, { readonly bytes: number; readonly body: Promise<ReleaseBody | undefined> }>();
  let total = 0;

  function forget(name: string): void {
    total -= kept.get(name)?.bytes ?? 0;
    kept.delete(name);
  }

  return (name: string, bytes: number, read: () => Promise<ReleaseBody | undefined>) => {
    const found = kept.get(name);
    if (found) {
      kept.delete(name);
      kept.set(name, found);
      return found.body;
    }
    const body = read();
    kept.set(name, { bytes, body });
    total += bytes;
    for (const oldest of [...kept.keys()]) {
      if (total <= mostBytes || oldest === name) break;
      forget(oldest);
    }
    // What is not there may come to be there.
    body.then(
      (there) => there === undefined && forget(name),
      () => forget(name),
    );
    return body;
  };
}
