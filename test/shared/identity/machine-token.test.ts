import { describe, expect, it } from "vitest";
import {
  endsAt,
  machineTokenState,
  NewMachineToken,
  newMachineToken,
  Rotation,
  revoked,
  rotated,
} from "#shared/identity/machine-token.ts";

const at = (day: number, hour = 0) => new Date(Date.UTC(2026, 10, 1 + day, hour));
const random = (length: number) => new Uint8Array(length).fill(1);
const token = (given: object = {}) =>
  newMachineToken(
    NewMachineToken.parse({ name: "CI", scopes: ["posture.edit"], ...given }),
    { member: "maker", digest: "first" },
    at(0),
    random,
  );

describe("a machine token", () => {
  it("is good for at most 90 days", () => {
    expect(endsAt(token())).toBe(at(90).toISOString());
    expect(endsAt(token({ days: 1 }))).toBe(at(1).toISOString());
    expect(() => token({ days: 91 })).toThrow();
    expect(machineTokenState(token(), at(89))).toBe("active");
    expect(machineTokenState(token(), at(90))).toBe("expired");
  });

  it("has after a rotation a new secret for as long again, and the old one until the overlap ends", () => {
    const after = rotated(token(), "second", Rotation.parse({}), at(10));
    expect(after.secrets).toEqual([
      { digest: "second", endsAt: at(100).toISOString() },
      { digest: "first", endsAt: at(11).toISOString() },
    ]);
    expect(after.revision).toBe(2);
  });

  it("has no old secret that lives longer for a rotation, or beside a third one", () => {
    const late = rotated(token(), "second", { overlapHours: 48 }, at(89));
    expect(late.secrets[1]).toEqual({ digest: "first", endsAt: at(90).toISOString() });
    const third = rotated(late, "third", { overlapHours: 0 }, at(89, 1));
    expect(third.secrets).toEqual([
      { digest: "third", endsAt: at(179, 1).toISOString() },
      { digest: "second", endsAt: at(89, 1).toISOString() },
    ]);
  });

  it("stays revoked, as of the first time", () => {
    const once = revoked(token(), at(1));
    expect(machineTokenState(once, at(1))).toBe("revoked");
    expect(revoked(once, at(2)).revokedAt).toBe(at(1).toISOString());
    expect(() => rotated(once, "second", { overlapHours: 0 }, at(2))).toThrow(/revoked/);
  });
});
