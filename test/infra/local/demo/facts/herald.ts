import { each, type Fact } from "./fact.ts";

const layers = [
  "network-isolation",
  "oauth",
  "token-security",
  "path-protection",
  "execution",
  "rate-limiting",
  "prompt-integrity",
  "audit-trail",
  "secret-management",
];
const surfaces = ["listener", "authentication", "tools", "filesystem", "execution", "prompts"];
const fact = (claim: string, at: number) => `/claims/${claim}/facts/${String(at)}/value`;
const step = (at: number) => `/hardening/before-exposure/steps/${String(at)}`;

export const heraldFacts: readonly Fact[] = [
  ...each("exposed", (at) => `/threat-models/herald/exposes/${String(at)}`, ["can be run", "Files", "Git"]),
  ...surfaces.flatMap((id, at): Fact[] => [
    [`surface ${id}`, `/surfaces/${id}/order`, at + 1],
    [`mitigation at ${id}`, `/surfaces/${id}/mitigations/0/id`, ""],
  ]),
  ["listener", "/surfaces/listener/exposure", "HTTPS"],
  ["authentication", "/surfaces/authentication/exposure", "OAuth 2.1"],
  ["10 tools", "/surfaces/tools/exposure", "10 tools"],
  ["filesystem", "/surfaces/filesystem/exposure", "read_file"],
  ["execution", "/surfaces/execution/exposure", "Claude Code"],
  ["prompts", "/surfaces/prompts/mitigations/0/statement", "as they come"],

  ...layers.flatMap((id, at): Fact[] => [
    [`layer ${id}`, `/layers/${id}/order`, at + 1],
    [`${id} has its claim`, `/layers/${id}/claims/0`, id],
  ]),
  ["loopback", fact("network-isolation", 0), "127.0.0.1"],
  ["port", fact("network-isolation", 1), "8420"],
  ["proxy ends TLS", fact("network-isolation", 2), "reverse proxy"],
  ["optional limits", fact("network-isolation", 3), "IP address or region"],
  ["PKCE", fact("oauth", 0), "S256, on every flow"],
  ["redirects", fact("oauth", 1), "allowlist"],
  ["constant time", fact("oauth", 2), "constant time"],
  ["secret at rest", fact("oauth", 3), "SHA-256"],
  ...each("party", (at) => `/layers/oauth/flow/parties/${String(at)}`, ["Claude Chat", "User", "Herald"]),
  ...each("step", (at) => `/layers/oauth/flow/steps/${String(at)}/statement`, [
    "code challenge by S256",
    "GET /oauth/authorize",
    "Agrees",
    "constant time",
    "bearer token",
  ]),

  ["access token", "/tokens/oauth-tokens/tokens/0/lifetime", "PT1H"],
  ["expires", "/tokens/oauth-tokens/tokens/0/rotation", "expires"],
  ["refresh token", "/tokens/oauth-tokens/tokens/1/lifetime", "P30D"],
  ["rotated", "/tokens/oauth-tokens/tokens/1/rotation", "new one with each use"],
  ["replay", "/tokens/oauth-tokens/tokens/1/replay", "refused"],
  ["code", "/tokens/oauth-tokens/tokens/2/lifetime", "single-use"],

  ...each("blocked", (at) => `/claims/path-protection/parts/${String(at)}/id`, [
    "relative",
    "absolute",
    "symlinks",
    "url-encoded",
  ]),
  ["read limit", fact("path-protection", 0), "1 MB"],
  ["tools per project", fact("execution", 0), "per project"],
  ["default deadline", fact("execution", 1), "30 minutes"],
  ["clamped", fact("execution", 2), "clamped"],
  ["two layers", fact("execution", 3), "two layers"],
  ["global and per project", fact("execution", 4), "max_concurrent_tasks per project"],
  ["excess queued", fact("execution", 5), "queued"],
  ["token bucket", fact("rate-limiting", 0), "token bucket"],
  ["per token", fact("rate-limiting", 1), "access token, not only IP"],
  ["all endpoints", fact("rate-limiting", 2), "all MCP and API"],
  ["no dependency", fact("rate-limiting", 3), "none"],
  ...each("never", (at) => `/claims/prompt-integrity/parts/${String(at)}/id`, [
    "no-injection",
    "no-hidden-text",
    "no-wrapping",
  ]),
  ["templates on request", "/claims/prompt-integrity/parts/2/statement", "template"],
  ...each("audited", (at) => `/claims/audit-trail/parts/${String(at)}/id`, [
    "task-created",
    "task-started",
    "task-completed",
    "task-failed",
    "file-read",
    "cancelled",
  ]),
  ["structured", "/claims/audit-trail/statement", "structured"],
  ["made on first run", fact("secret-management", 0), "first run"],
  ["file", fact("secret-management", 1), "~/.config/herald/secret"],
  ["mode", fact("secret-management", 2), "0600"],
  ["override", fact("secret-management", 3), "HERALD_CLIENT_SECRET"],
  ["rotation ends sessions", fact("secret-management", 4), "invalidates all sessions"],
  ["hashed before use", fact("secret-management", 5), "SHA-256"],
  ["derived key", fact("secret-management", 6), "derived"],

  ["phase", "/hardening/before-exposure/phase", "before internet exposure"],
  ...["loopback", "proxy", "secret", "redirects", "tools", "timeout", "concurrency", "rate", "firewall"].flatMap(
    (id, at): Fact[] => [
      ["step", `${step(at)}/id`, id],
      ["needed", `${step(at)}/need`, "required"],
    ],
  ),
  ["variable", `${step(2)}/facts/0/value`, "HERALD_CLIENT_SECRET"],
  ["setting", `${step(3)}/facts/0/value`, "redirect_uris"],
  ["setting", `${step(4)}/facts/0/value`, "allowed_tools"],
  ["setting", `${step(5)}/facts/0/value`, "max_timeout"],
  ["setting", `${step(6)}/facts/0/value`, "max_concurrent"],
];
