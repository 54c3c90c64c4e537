import { execFile } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { createTransport } from "nodemailer";
import { describe, expect, it } from "vitest";
import { checkout } from "#infra/bundle/bundle.ts";
import { listenOnLoopback } from "#infra/local/listen.ts";
import { ask, startOn } from "./running-host.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const slow = { timeout: 90_000 };
const newHome = () => join(temporaryFolder(), "home");
const runToken = (home: string, ...words: string[]) =>
  promisify(execFile)(process.execPath, [join(checkout, "infra/local/token.ts"), ...words], {
    env: { CANDOR_HOME: home },
  });

describe("npm start", () => {
  it("says one line on stdout, tells where everything is, and ends cleanly", slow, async () => {
    const home = newHome();
    const host = await startOn(home);
    expect(host.stdout(), host.stderr()).toMatch(/^candor ready http:\/\/localhost:\d+\/\n$/);
    const facts = host.facts();
    expect(facts).toMatchObject({ url: `http://localhost:${String(facts.ports.http)}/`, pid: host.process.pid });
    expect(statSync(join(home, "local.json")).mode & 0o777).toBe(0o600);
    expect(host.stderr()).toMatch(/\d+ ms {2}DynamoDB/);

    const second = await startOn(home);
    expect(await second.ended).toBe(1);
    expect(second.stderr()).toContain(`(process ${String(facts.pid)}) is using this home already`);

    host.process.kill("SIGTERM");
    expect(await host.ended).toBe(0);
    expect(host.stdout().trim().split("\n")).toHaveLength(1);
    expect(existsSync(join(home, "local.json"))).toBe(false);
    await expect.poll(() => alive(Number(readFileSync(join(home, "table.pid"), "utf8")))).toBe(false);
  });

  it("answers on each host of the interfaces, and 421 on others", slow, async () => {
    const host = await startOn(newHome());
    const page = await ask(host, "localhost", "/");
    expect([page.status, page.headers["content-type"]]).toEqual([200, "text/html; charset=UTF-8"]);
    expect(page.body).toContain(`port <code>${String(host.facts().ports.smtp)}</code>`);
    expect(JSON.parse((await ask(host, "mail.localhost", "/messages")).body)).toEqual([]);
    const discovery = JSON.parse((await ask(host, "login.localhost", "/.well-known/openid-configuration")).body);
    expect(discovery).toMatchObject({ issuer: host.facts().issuer, code_challenge_methods_supported: ["S256"] });
    expect((await ask(host, "one.localhost", "/healthz")).body).toBe("ok");
    expect((await ask(host, "api.localhost", "/v1/tenants/one/reports")).status).toBe(401);
    expect((await ask(host, "example.org", "/")).status).toBe(421);
    expect((await ask(host, "api.one.localhost", "/")).status).toBe(421);
  });

  it("gives tokens that the provider's keys verify, on the local clock", slow, async () => {
    const home = newHome();
    const host = await startOn(home, { CANDOR_NOW_OFFSET: "P30D" });
    const { stdout } = await runToken(home, "hearth", "owner");
    const keys = createRemoteJWKSet(new URL(`http://127.0.0.1:${String(host.facts().ports.login)}/jwks`));
    const { payload, protectedHeader } = await jwtVerify(stdout.trim(), keys, {
      issuer: host.facts().issuer,
      audience: "urn:candor:api",
      currentDate: new Date(Date.now() + 30 * 86_400_000),
    });
    expect(payload.sub).toBe("hearth-owner");
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(3600);
    expect(protectedHeader).toMatchObject({ alg: "ES256", typ: "at+jwt" });
    expect((await runToken(home, "platform")).stdout).toMatch(/^ey/);
    await expect(runToken(home, "hearth", "king")).rejects.toThrow("npm run --silent token");
    await expect(runToken(newHome(), "hearth", "owner")).rejects.toThrow("Candor is not running");
  });

  it("runs rules and redelivers on request, for pages of its own alone", slow, async () => {
    const host = await startOn(newHome());
    const post = (path: string, headers: Record<string, string> = {}, hostname = "localhost") =>
      ask(host, hostname, path, { method: "POST", headers });
    const ran = await post("/_local/schedule/outbox-sweep?at=2026-12-01T08:00:00%2B01:00");
    expect([ran.status, JSON.parse(ran.body)]).toEqual([200, { rule: "outbox-sweep", at: "2026-12-01T07:00:00Z" }]);
    const unknown = await post("/_local/schedule/sla-reminders");
    expect([unknown.status, JSON.parse(unknown.body).detail]).toEqual([
      404,
      "There is no rule sla-reminders yet. Those that exist: mail-sweep, outbox-sweep, notary, jobs, host-check, publisher, news.",
    ]);
    expect((await post("/_local/schedule/outbox-sweep?at=today")).status).toBe(422);
    expect((await post("/_local/schedule/outbox-sweep", { origin: "http://evil.localhost" })).status).toBe(403);
    expect((await post("/_local/schedule/outbox-sweep", { "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await post("/_local/schedule/outbox-sweep", {}, "one.localhost")).status).not.toBe(200);
    expect((await post("/_local/redeliver/nobody")).status).toBe(404);
  });

  it("signs what the demo tenants state, and keeps the log of it, without being asked", slow, async () => {
    const host = await startOn(newHome(), { CANDOR_SEED: "demo" });
    const see = (path: string) => ask(host, "powernode.localhost", path);
    await expect.poll(async () => (await see("/.well-known/security.txt")).status, { timeout: 20_000 }).toBe(200);
    expect((await see("/.well-known/security.txt")).body).toContain("-----BEGIN PGP SIGNED MESSAGE-----");
    const [origin, size] = (await see("/ledger/checkpoint")).body.split("\n");
    expect(origin).toBe("localhost/ledger");
    const width = String(size);
    expect((await see(`/ledger/tile/0/000.p/${width}`)).headers["content-length"]).toBe(String(32 * Number(width)));
  });

  it("takes mail, and nothing acknowledged is gone after the whole group was killed", slow, async () => {
    const home = newHome();
    const host = await startOn(home);
    const first = host.facts();
    const transport = createTransport({ host: "127.0.0.1", port: first.ports.smtp, ignoreTLS: true });
    const { response } = await transport.sendMail({
      from: "a@example.org",
      to: "security@one.localhost",
      subject: "x",
      text: "y",
    });
    const id = /OK ([a-z0-9]{40})/.exec(response)?.[1] ?? "";
    const table = Number(readFileSync(join(home, "table.pid"), "utf8"));
    process.kill(-first.pid, "SIGKILL");
    await host.ended;

    const again = await startOn(home);
    expect(again.stdout(), again.stderr()).toContain("candor ready");
    expect(alive(table)).toBe(false);
    expect(again.facts().issuer).toBe(first.issuer);
    expect((await ask(again, "localhost", `/_local/redeliver/${id}`, { method: "POST" })).status).toBe(202);
  });
});

describe("a start that can't be", () => {
  it("names the variable of a port that is taken", slow, async () => {
    const taken = createServer();
    const port = String(await listenOnLoopback(taken, 0));
    const http = await startOn(newHome(), { CANDOR_PORT: port });
    expect([await http.ended, http.stdout()]).toEqual([1, ""]);
    expect(http.stderr()).toContain(
      `Port ${port} of this machine is taken by another program. Set CANDOR_PORT to another port`,
    );
    const home = newHome();
    const smtp = await startOn(home, { CANDOR_SMTP_PORT: port });
    expect(await smtp.ended).toBe(1);
    expect(smtp.stderr()).toContain("Set CANDOR_SMTP_PORT to another port");
    expect(smtp.stderr()).not.toMatch(/\n\s+at /);
    taken.close();
  });

  it("leaves a damaged home as it is and says what to do", slow, async () => {
    const home = newHome();
    const host = await startOn(home);
    host.process.kill("SIGINT");
    expect(await host.ended).toBe(0);
    for (const name of ["keys.json", "login-key.json", "table.sqlite"]) {
      const file = join(home, name);
      const before = readFileSync(file);
      writeFileSync(file, "damaged beyond reading");
      const damaged = await startOn(home);
      expect(await damaged.ended, name).toBe(1);
      expect(damaged.stderr(), name).toContain(name);
      expect(damaged.stderr(), name).toMatch(/copy/);
      expect(damaged.stderr(), name).not.toMatch(/\n\s+at /);
      expect(readFileSync(file, "utf8")).toBe("damaged beyond reading");
      writeFileSync(file, before);
    }
    expect((await startOn(home)).stdout()).toContain("candor ready");
  });
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
