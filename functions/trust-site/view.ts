/** What a page is made of, and nothing else: a release in the reader's language, the day it is read, and the words around it. */
import type { Content } from "#shared/posture/content.ts";
import type { Day } from "#shared/posture/day.ts";
import type { ProseTrees } from "#shared/posture/prose-tree.ts";
import type { Organisation } from "#shared/posture/release-body.ts";
import type { ReleasePointer } from "#shared/release/public-release.ts";
import type { Words } from "./words/words.ts";

/** Of the release that a page shows. */
export type ShownRelease = Pick<ReleasePointer, "release" | "body" | "publishedAt" | "index">;

export interface View {
  readonly organisation: Organisation;
  readonly content: Content;
  readonly prose: ProseTrees;
  readonly release: ShownRelease;
  /** A newer release stands in this one's place. */
  readonly historic: boolean;
  /** In the tenant's zone; of a historic release, the day it was published. */
  readonly day: Day;
  readonly words: Words;
  readonly language: string;
  /** `https://<host>`, where the site stands for everybody. */
  readonly origin: string;
  readonly reportAddress: string;
  /** A path of this site as the reader's own: within the same release, in the language that was asked for. */
  readonly to: (path: string) => string;
}
