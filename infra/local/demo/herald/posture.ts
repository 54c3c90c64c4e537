/** What Herald opens to a network, and the nine layers in front of it. */
import type { DemoContent } from "../demo-content.ts";

export const posture = {
  "threat-models": [
    {
      id: "herald",
      title: "Security model",
      statement:
        "Herald puts Claude Code within reach of a network. This is what that opens, and what stands in front of it.",
      exposes: [
        "Claude Code can be run on your workstation from elsewhere.",
        "Files of configured projects can be read.",
        "Git can be used in configured projects.",
      ],
    },
  ],
  surfaces: [
    {
      id: "listener",
      title: "Network listener",
      order: 1,
      threatModel: "herald",
      exposure: "An HTTPS endpoint.",
      mitigations: [
        {
          id: "loopback",
          statement: "It listens on `127.0.0.1` alone; a reverse proxy speaks TLS.",
          claim: "network-isolation",
        },
      ],
    },
    {
      id: "authentication",
      title: "Authentication",
      order: 2,
      threatModel: "herald",
      exposure: "An OAuth 2.1 endpoint.",
      mitigations: [
        { id: "pkce", statement: "PKCE is demanded always.", claim: "oauth" },
        { id: "comparison", statement: "Secrets are compared in constant time.", claim: "oauth" },
      ],
    },
    {
      id: "tools",
      title: "MCP tools",
      order: 3,
      threatModel: "herald",
      exposure: "10 tools that can be called from elsewhere.",
      mitigations: [
        { id: "oauth", statement: "Each call needs OAuth.", claim: "oauth" },
        { id: "rate", statement: "Each token has its own rate limit.", claim: "rate-limiting" },
      ],
    },
    {
      id: "filesystem",
      title: "Filesystem",
      order: 4,
      threatModel: "herald",
      exposure: "The tool `read_file`.",
      mitigations: [
        {
          id: "paths",
          statement: "Paths that lead elsewhere are refused: a project's root is the limit.",
          claim: "path-protection",
        },
      ],
    },
    {
      id: "execution",
      title: "Execution",
      order: 5,
      threatModel: "herald",
      exposure: "Claude Code is started.",
      mitigations: [
        { id: "tools", statement: "Each project has its own list of tools.", claim: "execution" },
        { id: "time", statement: "Each task has a deadline.", claim: "execution" },
        { id: "concurrency", statement: "Only so many tasks run at once.", claim: "execution" },
      ],
    },
    {
      id: "prompts",
      title: "Prompts",
      order: 6,
      threatModel: "herald",
      exposure: "Instructions that a user writes.",
      mitigations: [
        {
          id: "unmodified",
          statement: "They are passed on as they come, so that Herald injects nothing.",
          claim: "prompt-integrity",
        },
      ],
    },
  ],
  layers: [
    {
      id: "network-isolation",
      title: "Network isolation",
      order: 1,
      statement: "Herald itself can't be reached from outside the machine.",
      claims: ["network-isolation"],
    },
    {
      id: "oauth",
      title: "OAuth 2.1 with mandatory PKCE",
      order: 2,
      statement: "A request to MCP needs a bearer token, and this is the only way to one.",
      flow: {
        title: "From a verifier to a request",
        parties: ["Claude Chat", "User", "Herald"],
        steps: [
          { from: "Claude Chat", statement: "Makes a code verifier, and of it the code challenge by S256." },
          {
            from: "Claude Chat",
            to: "Herald",
            statement:
              "Calls `GET /oauth/authorize`. Herald compares the redirect URI with its list and answers with the page that asks for consent.",
          },
          { from: "User", statement: "Agrees." },
          {
            from: "Claude Chat",
            to: "Herald",
            statement:
              "Comes back with the authorization code. Herald checks the challenge in constant time and answers with an access and a refresh token.",
          },
          {
            from: "Claude Chat",
            to: "Herald",
            statement: "Sends MCP requests with the bearer token. Herald checks signature, expiry and rate.",
          },
        ],
      },
      claims: ["oauth"],
    },
    {
      id: "token-security",
      title: "Token security",
      order: 3,
      statement: "Tokens live briefly or are good once.",
      claims: ["token-security"],
    },
    {
      id: "path-protection",
      title: "Path protection",
      order: 4,
      statement: "No path leads out of a project.",
      claims: ["path-protection"],
    },
    {
      id: "execution",
      title: "Execution limits",
      order: 5,
      statement: "What runs may do only so much, for so long, so often at once.",
      claims: ["execution"],
    },
    {
      id: "rate-limiting",
      title: "Rate limiting",
      order: 6,
      statement: "No token can ask without end.",
      claims: ["rate-limiting"],
    },
    {
      id: "prompt-integrity",
      title: "Prompt integrity",
      order: 7,
      statement: "What a user writes is what arrives.",
      claims: ["prompt-integrity"],
    },
    {
      id: "audit-trail",
      title: "Audit trail",
      order: 8,
      statement: "Each action leaves a record.",
      claims: ["audit-trail"],
    },
    {
      id: "secret-management",
      title: "Secret management",
      order: 9,
      statement: "The one secret there is, from its making to its replacement.",
      claims: ["secret-management"],
    },
  ],
  claims: [
    {
      id: "network-isolation",
      title: "It listens on the loopback interface alone",
      section: "Network",
      order: 1,
      statement:
        "Herald binds to the loopback address and to no other. What comes from outside goes through a reverse proxy, such as Traefik or Caddy, which ends TLS.",
      facts: [
        { name: "Bound to", value: "127.0.0.1, never 0.0.0.0" },
        { name: "Port", value: "8420" },
        { name: "TLS", value: "ended by the reverse proxy, with a valid certificate" },
        { name: "Optional at the proxy", value: "limits by IP address or region" },
      ],
    },
    {
      id: "oauth",
      title: "No flow without PKCE",
      section: "Authentication",
      order: 2,
      technology: "OAuth 2.1, PKCE",
      statement: "Challenge and verifier are needed in every flow. Redirects go to addresses on a list.",
      facts: [
        { name: "PKCE method", value: "S256, on every flow" },
        { name: "Redirect URIs", value: "an allowlist, set beforehand" },
        {
          name: "Comparison of client secret and verifier",
          value: "constant time (crypto/subtle.ConstantTimeCompare)",
        },
        { name: "Client secret at rest", value: "SHA-256" },
      ],
    },
    {
      id: "token-security",
      title: "A refresh token works once",
      section: "Authentication",
      order: 3,
      statement: "With each use comes a new refresh token, and one that comes a second time is refused.",
    },
    {
      id: "path-protection",
      title: "No path leaves its project",
      section: "Files",
      order: 4,
      statement: "A path is resolved first and compared with the project's root then.",
      facts: [{ name: "Largest file that is read", value: "1 MB" }],
      parts: [
        { id: "relative", title: "Relative paths", statement: "`../../etc/passwd`" },
        { id: "absolute", title: "Absolute paths", statement: "`/etc/passwd`" },
        { id: "symlinks", title: "Symbolic links", statement: "They are resolved before the comparison." },
        { id: "url-encoded", title: "URL-encoded sequences", statement: "Resolving the path takes care of them." },
      ],
    },
    {
      id: "execution",
      title: "A task has its tools, its time and its turn",
      section: "Execution",
      order: 5,
      statement:
        "Claude Code is started with an explicit list of tools for the project, and nowhere with permissions skipped. No request gets more time than the configured maximum.",
      facts: [
        { name: "Tools", value: "an allowlist per project, passed as --allowedTools" },
        { name: "Default deadline", value: "30 minutes" },
        { name: "Longest deadline", value: "max_timeout; timeout_minutes is clamped to it" },
        { name: "Deadline enforced", value: "in two layers: the handler and the task manager" },
        { name: "Tasks at once", value: "max_concurrent over all, max_concurrent_tasks per project" },
        { name: "Tasks above that", value: "queued" },
      ],
    },
    {
      id: "rate-limiting",
      title: "Each token has its own rate",
      section: "Execution",
      order: 6,
      technology: "Token bucket",
      statement: "A bucket of tokens for each access token, not for each address, in front of every endpoint.",
      facts: [
        { name: "Algorithm", value: "token bucket" },
        { name: "Counted by", value: "access token, not only IP address" },
        { name: "Applies to", value: "all MCP and API endpoints" },
        { name: "Dependencies", value: "none; written in Go" },
      ],
    },
    {
      id: "prompt-integrity",
      title: "Prompts arrive as they were written",
      section: "Prompts",
      order: 7,
      statement: "Herald does not change, extend or wrap what a user writes.",
      parts: [
        { id: "no-injection", title: "No system prompt is injected" },
        { id: "no-hidden-text", title: "No instructions are hidden in it" },
        {
          id: "no-wrapping",
          title: "Nothing is wrapped around it",
          statement: "A template is used only where the parameter `template` asks for one.",
        },
      ],
    },
    {
      id: "audit-trail",
      title: "Actions are logged as data",
      section: "Audit",
      order: 8,
      statement: "Each record is structured.",
      parts: [
        { id: "task-created", title: "A task was created" },
        { id: "task-started", title: "A task was started" },
        { id: "task-completed", title: "A task was completed" },
        { id: "task-failed", title: "A task failed" },
        { id: "file-read", title: "A file was read" },
        { id: "cancelled", title: "Something was cancelled" },
      ],
    },
    {
      id: "secret-management",
      title: "The client secret looks after itself",
      section: "Secrets",
      order: 9,
      statement: "It is made at the first start. Replacing it ends every session.",
      facts: [
        { name: "Made", value: "by itself, on first run" },
        { name: "Kept in", value: "~/.config/herald/secret" },
        { name: "File mode", value: "0600" },
        { name: "Overridden by", value: "HERALD_CLIENT_SECRET" },
        { name: "Replaced by", value: "herald rotate-secret, which invalidates all sessions" },
        { name: "In memory", value: "hashed with SHA-256 before use" },
        { name: "OAuth tokens", value: "JWTs signed with a key derived from it" },
      ],
    },
  ],
  tokens: [
    {
      id: "oauth-tokens",
      title: "Tokens",
      tokens: [
        { id: "access", title: "Access token", lifetime: "PT1H", rotation: "It expires, and has to be refreshed." },
        {
          id: "refresh",
          title: "Refresh token",
          lifetime: "P30D",
          rotation: "A new one with each use.",
          replay: "One that was used is refused.",
        },
        {
          id: "authorization-code",
          title: "Authorization code",
          lifetime: "single-use",
          rotation: "It is used up by the exchange.",
        },
      ],
    },
  ],
  hardening: [
    {
      id: "before-exposure",
      title: "Before Herald can be reached from the internet",
      phase: "before internet exposure",
      steps: [
        {
          id: "loopback",
          statement: "Herald listens on `127.0.0.1` and nowhere else.",
          facts: [{ name: "Address", value: "127.0.0.1" }],
          claim: "network-isolation",
        },
        {
          id: "proxy",
          statement: "A reverse proxy with a valid certificate is in front of it.",
          claim: "network-isolation",
        },
        {
          id: "secret",
          statement: "The client secret comes from the environment.",
          facts: [{ name: "Variable", value: "HERALD_CLIENT_SECRET" }],
          claim: "secret-management",
        },
        {
          id: "redirects",
          statement: "Redirects go to the callback addresses of Claude only.",
          facts: [{ name: "Setting", value: "redirect_uris" }],
          claim: "oauth",
        },
        {
          id: "tools",
          statement: "Each project has its tools listed, and none of them is a shell without limits.",
          facts: [{ name: "Setting", value: "allowed_tools" }],
          claim: "execution",
        },
        {
          id: "timeout",
          statement: "The longest deadline is a sensible one.",
          facts: [{ name: "Setting", value: "max_timeout" }],
          claim: "execution",
        },
        {
          id: "concurrency",
          statement: "The number of tasks at once is what the machine can bear.",
          facts: [{ name: "Setting", value: "max_concurrent" }],
          claim: "execution",
        },
        { id: "rate", statement: "Rate limiting is on.", claim: "rate-limiting" },
        { id: "firewall", statement: "The firewall lets in what goes to the reverse proxy, and nothing else." },
      ],
    },
  ],
} satisfies DemoContent;
