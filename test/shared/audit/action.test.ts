import { expect, it } from "vitest";
import { auditActions } from "#shared/audit/action.ts";

it.each(Object.entries(auditActions))(
  "%s names a thing and what happened to it, and says so in a sentence",
  (name, words) => {
    expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/);
    expect(words).toMatch(/^[A-Z].*\.$/);
  },
);
