import { createHash, randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMachineSecret, newMachineSecret, readMachineSecret } from "#shared/identity/machine-secret.ts";
import { TenantId } from "#shared/tenant/tenant.ts";

const tenant = TenantId.parse("hearth-2");
/** What the README gives to those who scan for secrets. */
const documented = /candor_[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?_[0-9A-Za-z]{49}/;

describe("the secret of a machine token", () => {
  it("names its tenant, is found by scanners, and is known by its digest", () => {
    for (let n = 0; n < 200; n++) {
      const secret = newMachineSecret(tenant, randomBytes);
      expect(documented.exec(`token: "${secret}"`)?.[0]).toBe(secret);
      expect(isMachineSecret(secret)).toBe(true);
      expect(readMachineSecret(secret)).toEqual({
        tenant,
        digest: createHash("sha256").update(secret).digest("hex"),
      });
    }
  });

  it("holds all 256 bits of what was drawn", () => {
    const of = (byte: number) => newMachineSecret(tenant, (length) => new Uint8Array(length).fill(byte));
    expect(of(0)).toMatch(/^candor_hearth-2_0{43}[0-9A-Za-z]{6}$/);
    const digits = of(255).slice("candor_hearth-2_".length, -6);
    const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const value = [...digits].reduce((sum, digit) => sum * 62n + BigInt(alphabet.indexOf(digit)), 0n);
    expect(value).toBe(2n ** 256n - 1n);
  });

  it("is made as it always was: the vector is another program's", () => {
    const secret = newMachineSecret(TenantId.parse("hearth"), (length) => Uint8Array.from({ length }, (_, at) => at));
    expect(secret).toBe("candor_hearth_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf43RQKt");
  });

  it("is refused without asking anybody when a character is wrong, wherever", () => {
    const secret = newMachineSecret(tenant, randomBytes);
    for (let at = 0; at < secret.length; at++) {
      const other = secret[at] === "a" ? "b" : "a";
      expect(readMachineSecret(secret.slice(0, at) + other + secret.slice(at + 1)), `at ${String(at)}`).toBeUndefined();
      expect(readMachineSecret(secret.slice(0, at) + secret.slice(at + 1)), `without ${String(at)}`).toBeUndefined();
    }
  });

  it("is nothing that anybody else wrote", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readMachineSecret(`candor_${text}`)).toBeUndefined();
      }),
    );
    const secret = newMachineSecret(tenant, randomBytes);
    for (const text of ["", " ", secret.toUpperCase(), ` ${secret}`, `${secret}\n`, secret.replace("hearth-2", "api")])
      expect(readMachineSecret(text)).toBeUndefined();
  });
});
