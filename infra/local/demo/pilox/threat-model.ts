/** The threat model of Pilox: what it protects, where it can be touched, what it leaves to each deployment. */
import type { DemoContent } from "../demo-content.ts";

export const threatModel = {
  "threat-models": [
    {
      id: "pilox",
      title: "Threat model",
      source: { path: "docs/THREAT_MODEL.md" },
      collection: "Docs archive",
      state: "archived",
      statement:
        "A light document that gives decisions about security a frame. How Pilox is run day by day stands in the production guide.",
      links: [
        { name: "All documents" },
        { name: "Production guide", path: "PRODUCTION.md" },
        { name: "Runbook of mesh federation", path: "MESH_FEDERATION_RUNBOOK.md" },
        { name: "Public JSON-RPC", path: "MESH_PUBLIC_A2A.md" },
        { name: "Integration between agents", path: "A2A_INTEGRATION.md" },
        { name: "Compose file", path: "docker-compose.yml" },
      ],
      assets: [
        {
          id: "secrets",
          title: "Application secrets",
          statement: "API keys and credentials of agents, encrypted where they are stored.",
          facts: [{ name: "Key", value: "ENCRYPTION_KEY" }],
        },
        {
          id: "accounts",
          title: "User accounts",
          statement: "Passwords are hashed; sessions are signed tokens.",
          facts: [
            { name: "Passwords", value: "bcrypt" },
            { name: "Sessions", value: "JWT" },
          ],
        },
        {
          id: "agent-infrastructure",
          title: "What agents run on",
          statement: "Containers and small virtual machines, and the sockets and paths by which they are ruled.",
          facts: [
            { name: "Runtimes", value: "Docker, Firecracker" },
            { name: "Reached by", value: "Docker socket, Firecracker paths" },
          ],
        },
        {
          id: "audit-data",
          title: "Audit data",
          statement: "The log of actions.",
          facts: [{ name: "Kept in", value: "Postgres" }],
        },
      ],
      exclusions: [
        {
          id: "agent-network",
          title: "The network between agents and inference",
          statement: "Each deployment secures it for itself, be it vsock or a local network.",
        },
        {
          id: "supply-chain",
          title: "The supply chain",
          statement: "For OCI images and npm packages: run `npm audit`, keep a bill of materials, check signatures.",
        },
        {
          id: "compliance",
          title: "Compliance",
          statement: "GDPR and SOC 2 ask for processes and times of retention, which no code can bring along.",
        },
      ],
      evolution: [
        {
          id: "signed-events",
          title: "Signed metadata of events",
          statement:
            "Events on `hive:agent:status` and `hive:system:events` carry `meshMeta`. With `MESH_BUS_HMAC_SECRET` set, `meshSig` lets subscribers that share the secret see that an event came from its Hive.",
        },
        {
          id: "trust-between-agents",
          title: "Trust between agents",
          statement: "To come: how far agents trust one another, and how far an Agent Card reaches.",
        },
      ],
    },
  ],
  documents: [
    {
      id: "threat-model",
      title: "Threat model",
      role: "threat-model",
      source: { path: "docs/THREAT_MODEL.md" },
      state: "archived",
      collection: "Docs archive",
    },
  ],
  surfaces: [
    {
      id: "rest-api",
      title: "REST API",
      order: 1,
      threatModel: "pilox",
      endpoints: ["/api/*"],
      risk: "Somebody gains rights that are not theirs, or wears the API out.",
      mitigations: [
        { id: "roles", statement: "Each route checks the caller's role by `authorize()`." },
        { id: "rate-limit", statement: "Redis counts requests and limits their rate." },
        { id: "validation", statement: "Inputs that matter are validated by Zod schemas." },
        {
          id: "events-validated",
          statement: "So are events of the mesh, by `publishAgentStatus` and `publishSystemEvent`, before `PUBLISH`.",
        },
      ],
    },
    {
      id: "auth-flows",
      title: "Login, registration, reset",
      order: 2,
      threatModel: "pilox",
      risk: "Passwords are tried until one fits; accounts are made in bulk.",
      mitigations: [
        { id: "rate-limit", statement: "Login and registration are limited in rate." },
        {
          id: "public-registration",
          statement: "Whether anybody may register is a setting.",
          switches: [{ name: "ALLOW_PUBLIC_REGISTRATION" }],
        },
        {
          id: "setup",
          statement: "The setup is limited in rate, and can ask for a token.",
          switches: [{ name: "HIVE_SETUP_TOKEN" }],
        },
      ],
    },
    {
      id: "first-bootstrap",
      title: "First start",
      order: 3,
      threatModel: "pilox",
      risk: "Somebody else becomes the first administrator.",
      mitigations: [
        { id: "rate-limit", statement: "The setup is limited in rate." },
        { id: "token", statement: "A strong token can be demanded.", switches: [{ name: "HIVE_SETUP_TOKEN" }] },
      ],
    },
    {
      id: "health",
      title: "Load balancer and health",
      order: 4,
      threatModel: "pilox",
      endpoints: ["/api/health", "/api/system/health"],
      risk: "Details of the inside leak out.",
      mitigations: [
        { id: "minimal", statement: "`/api/health` says as little as a load balancer needs." },
        { id: "authenticated-detail", statement: "Details stand at `/api/system/health`, for the authenticated only." },
      ],
    },
    {
      id: "cors",
      title: "Cross-origin requests",
      order: 5,
      threatModel: "pilox",
      risk: "Another site uses a visitor's session.",
      mitigations: [
        {
          id: "one-origin",
          statement: "Answers of the API are for one origin.",
          switches: [{ name: "AUTH_URL", effect: "the only origin that may read answers" }],
        },
      ],
    },
    {
      id: "reverse-proxy",
      title: "Reverse proxy",
      order: 6,
      threatModel: "pilox",
      risk: "Its dashboard is open to everybody.",
      mitigations: [
        {
          id: "no-insecure-api",
          statement: "The Compose file starts Traefik without its insecure API; see `docker-compose.yml`.",
        },
      ],
    },
    {
      id: "mesh-federation",
      title: "Mesh federation between peers",
      order: 7,
      threatModel: "pilox",
      endpoints: ["POST /api/a2a/jsonrpc"],
      risk: "An operator's identity is stolen, JSON-RPC abused, a stolen token used once more.",
      mitigations: [
        {
          id: "shared-secret",
          statement: "Peers share a secret of a least length.",
          switches: [{ name: "Length of the secret", value: "at least 32 characters" }],
        },
        {
          id: "short-tokens",
          statement: "A peer shows a signed token that lives briefly. It is preferred to the secret itself.",
          switches: [{ name: "MESH_FEDERATION_JWT_TTL_SECONDS", effect: "how long an HS256 token lives" }],
          headers: ["X-Hive-Federation-JWT"],
        },
        {
          id: "claims-required",
          statement: "Audience and token id are demanded unless switched off.",
          switches: [
            { name: "MESH_FEDERATION_JWT_REQUIRE_AUDIENCE", value: "on by default", effect: "aud" },
            { name: "MESH_FEDERATION_JWT_REQUIRE_JTI", value: "on by default", effect: "jti" },
          ],
        },
        {
          id: "one-header",
          statement:
            "A request shows the token or the secret and never both. Neither gets in the way of the bearer token of the API.",
          headers: ["X-Hive-Federation-JWT", "X-Hive-Federation-Secret", "Authorization: Bearer"],
          answers: [{ status: 400, when: "both are there" }],
        },
        {
          id: "consumed-once",
          statement: "Once the signature holds, the token's id is used up in Redis until the token expires.",
          answers: [
            { status: 401, when: "the token was used before" },
            { status: 503, when: "Redis does not answer" },
          ],
        },
        {
          id: "legacy-secret",
          statement: "When all peers use tokens, the secret alone can be refused.",
          switches: [{ name: "MESH_FEDERATION_INBOUND_ALLOW_LEGACY_SECRET", value: "false" }],
        },
        {
          id: "clock-skew",
          statement:
            "Times in a token (`exp`, `iat`, and `nbf` where it is there) are checked, with a leeway that is a setting.",
          switches: [{ name: "MESH_FEDERATION_JWT_CLOCK_SKEW_LEEWAY_SECONDS", value: "0", effect: "0 is strict" }],
        },
        {
          id: "address-list",
          statement: "Peers can be held to a list of addresses.",
          switches: [{ name: "MESH_FEDERATION_INBOUND_ALLOWLIST" }],
        },
        {
          id: "rate-limit",
          statement: "A limiter in Redis of its own counts by address and by operator of the proxy.",
        },
        {
          id: "audit",
          statement: "Both directions are written to the audit log in Postgres.",
          logs: ["mesh.federation.inbound_jsonrpc", "mesh.federation.proxy_jsonrpc"],
        },
      ],
    },
    {
      id: "public-rpc",
      title: "Anonymous public JSON-RPC",
      order: 8,
      threatModel: "pilox",
      endpoints: ["POST /api/a2a/jsonrpc", "/jsonrpc/public"],
      risk: "Requests come in bulk, and methods that should be private are reached.",
      mitigations: [
        {
          id: "off-by-default",
          statement: "It is off until it is switched on.",
          switches: [{ name: "A2A_PUBLIC_JSONRPC_ENABLED", value: "off by default" }],
        },
        { id: "allowlist", statement: "It answers only methods on a list, and there has to be one." },
        {
          id: "bucket",
          statement: "A bucket in Redis for each address limits the rate.",
          switches: [{ name: "hive:rl:public_a2a", effect: "the bucket's name, one per IP address" }],
        },
        {
          id: "bodies-first",
          statement: "A bad body is refused before any handler sees it.",
          answers: [
            { status: 400, when: "the body is not valid" },
            { status: 413, when: "the body is too large" },
          ],
        },
        {
          id: "fixed-identity",
          statement: "Whoever calls has one fixed identity.",
          switches: [{ name: "Identity", value: "hive-public-a2a" }],
        },
        {
          id: "logs",
          statement:
            "Calls are logged under names of their own, those refused for their rate too, with the entry point on the RPC pipeline.",
          logs: ["mesh.a2a.public_tier.*", "mesh.a2a.public_tier.rate_limited"],
        },
      ],
    },
  ],
} satisfies DemoContent;
