import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const found = spawnSync("gpg", ["--version"], { encoding: "utf8" });

export const hasGpg = found.status === 0;

/** Shown in the name of a suite that cannot run. */
export const gpgNote = hasGpg
  ? ` (${found.stdout.split("\n")[0]})`
  : " (skipped: no gpg on this machine; install gnupg)";

if (!hasGpg) process.stdout.write(`OpenPGP signatures in gpg${gpgNote}\n`);

/** A keyring of its own in a temporary folder. `at`: what gpg takes for now. */
export function gpgKeyring(at?: Date) {
  const folder = mkdtempSync(join(tmpdir(), "gpg-"));
  const run = (...words: string[]) => {
    const now = at === undefined ? [] : ["--faked-system-time", String(Math.floor(at.getTime() / 1000))];
    const options = ["--homedir", folder, "--batch", "--no-tty", "--no-autostart", "--status-fd", "1", ...now];
    return spawnSync("gpg", [...options, ...words], { encoding: "utf8" });
  };
  const file = (name: string, content: string | Uint8Array) => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  return {
    import: (armored: string) => run("--import", file("key.asc", armored)).stdout,
    /** The colon listing of every key. */
    list: () => run("--list-keys", "--with-colons").stdout,
    /** The status lines on a detached signature. */
    verifyDetached: (data: Uint8Array, armored: string) =>
      run("--verify", file("data.asc", armored), file("data", data)).stdout,
    /** The status lines on a clear-signed text, and the text as gpg gives it out; `undefined` where it gives none. */
    verifyClearText(signed: string) {
      const verified = run("--verify", file("text.asc", signed)).stdout;
      const { status, stdout } = spawnSync("gpg", [
        "--homedir",
        folder,
        "--batch",
        "--no-autostart",
        "--decrypt",
        join(folder, "text.asc"),
      ]);
      return { status: verified, text: status === 0 ? stdout.toString("utf8") : undefined };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
