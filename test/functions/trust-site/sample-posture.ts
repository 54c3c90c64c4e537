/** A posture with every kind of content, and a page's view of it. Nobody's: the words are filler that reads like a policy. */
import { type Content, noContent } from "#shared/posture/content.ts";
import { kindNames } from "#shared/posture/kind-names.ts";
import { type InputOf, type Kind, kinds } from "#shared/posture/kinds.ts";

export type Sample = { readonly [K in Kind]?: readonly InputOf<K>[] };

/** The content of items, as a draft would hold it. Throws where one is not valid. */
export function contentOf(sample: Sample): Content {
  const given = kindNames.map((kind) => {
    const items = (sample[kind] ?? []).map((item) => ({ ...kinds[kind].parse(item), revision: 1 }));
    return [kind, Object.fromEntries(items.map((item) => [item.id, item]))];
  });
  return { ...noContent, ...Object.fromEntries(given) } as Content;
}

const source = (id: string, path: string, proves: string) => ({ id, kind: "source-path" as const, path, proves });

export const sample: Sample = {
  purposes: [
    {
      id: "about",
      title: "What this policy is for",
      statement: "It says how to report a fault, and how far each statement about our security may be relied on.",
      purposes: ["Tell a reporter what happens to a report.", "Let a buyer judge without asking us."],
      capacity: [
        {
          id: "hands",
          statement: "One maintainer answers; nobody is on call at night.",
          fact: { name: "maintainers", value: "1" },
        },
      ],
      caveats: [{ id: "on-call", summary: "Nobody is on call around the clock, and no bounty is paid." }],
      principles: [
        {
          id: "high-risk",
          statement: "These changes count as dangerous until they are tested:",
          items: ["dependencies", "TLS", "request routing"],
        },
      ],
    },
  ],
  labels: [
    {
      id: "enforced",
      title: "Enforced",
      maturity: "enforced",
      definition: "It gates the operation. When it fails, the operation does not happen.",
    },
  ],
  claims: [
    {
      id: "node-identity",
      section: "Nodes and modules",
      title: "Nodes enrol with a certificate of their own",
      technology: "mTLS, Ed25519, PKI in a vault",
      statement:
        "An agent trades a bootstrap token for a client certificate. The key is made **on the node** and stays there; only a signing request travels, as `enroll --csr` shows.",
      label: { maturity: "enforced" },
      facts: [{ name: "Key type", value: "Ed25519" }],
      evidence: [
        source("csr", "agent/internal/enroll/csr.go", "The key pair is made here, and only the request is sent."),
        source("rotation", "agent/internal/runtime/rotation.go", "Certificates are renewed before they end."),
      ],
      confirmation: { on: "2026-06-12", method: "source-search", by: "A. Maintainer" },
      history: [{ on: "2026-02-01", text: "Shared secrets were replaced by certificates." }],
    },
    {
      id: "module-verification",
      section: "Nodes and modules",
      title: "A module mounts only when its signature and its bytes check out",
      technology: "cosign, fs-verity",
      statement:
        "Before a mount the agent checks a signature against a pinned identity, and the root hash of the image against the digest recorded at build. Either failing stops the mount.",
      label: { maturity: "enforced", qualifier: "for module mounts" },
      doesNotMean: ["an end-to-end signed supply chain: not every artefact is signed today."],
      caveats: [
        {
          id: "not-all-signed",
          summary: "Signatures are not yet made for every kind of artefact.",
          plan: "The publishing pipeline is to sign them all.",
          evidence: ["verify"],
        },
        {
          id: "scripts",
          summary: "Scripts that run on a node are not verified; they need an explicit development flag.",
          detail: "The flag is `--allow-unsigned`.",
        },
        { id: "no-log", summary: "No transparency log is consulted." },
      ],
      evidence: [
        source("verify", "agent/internal/verify/cosign.go", "The mount is refused unless the check passes."),
        {
          id: "no-log",
          kind: "source-path",
          path: "agent/internal/verify",
          proves: "Nothing asks a transparency log.",
          absence: { searchedFor: "rekor", within: "the agent's source" },
          quote: "NEVER use in production",
        },
      ],
      confirmation: {
        on: "2026-06-12",
        method: "source-search",
        by: "A. Maintainer",
        note: "Found by reading both files.",
      },
    },
    {
      id: "read-only-root",
      section: "Nodes and modules",
      title: "The root of a node is read-only",
      statement: "Modules are images without a way to write to them, mounted one over another.",
      label: { maturity: "enforced" },
      evidence: [source("mount", "agent/internal/mount/erofs.go", "Images are mounted read-only.")],
      confirmation: { on: "2026-11-05", method: "review", by: "B. Reviewer" },
    },
    {
      id: "supply-chain",
      section: "Supply chain",
      title: "Each build has a bill of materials and a record of where it came from",
      technology: "CycloneDX, SPDX, SLSA",
      statement:
        "Six ecosystems are read:\n\n- npm, RubyGems, pip\n- Maven, Go, Cargo\n\n| format | versions |\n| --- | --- |\n| CycloneDX | 1.5, 1.6 |\n| SPDX | 2.3 |",
      label: { maturity: "shipped" },
      appliesWhen: { component: "the supply-chain extension", otherwise: "A core installation has none of this." },
      caveats: [{ id: "no-reject", summary: "Nothing yet refuses an artefact that was not attested." }],
      evidence: [
        {
          id: "spec",
          kind: "document",
          name: "Format notes",
          url: "https://docs.example.org/sbom",
          proves: "Which versions are written.",
        },
      ],
      confirmation: { on: "2026-06-12", method: "source-search" },
    },
    {
      id: "agent-controls",
      section: "Autonomous agents",
      title: "Agents can be stopped, watched and held back",
      statement: "Four controls stand behind one another.",
      parts: [
        {
          id: "stop",
          title: "A stop for everything",
          statement: "One act suspends all work of an account, and is recorded with what is needed to go on.",
          label: { maturity: "enforced" },
          facts: [{ name: "effects", value: "8" }],
        },
        {
          id: "baselines",
          title: "Baselines of behaviour",
          statement: "Deviations from a rolling mean are flagged.",
          label: { maturity: "shipped" },
        },
        {
          id: "rails",
          title: "Rails for input and output",
          label: { maturity: "beta" },
          caveats: [{ id: "patterns", summary: "They know patterns, and are no proof against a new attack." }],
        },
      ],
      evidence: [source("switch", "server/autonomy/kill_switch.rb", "The eight effects, in order.")],
    },
    {
      id: "scripts",
      section: "Nodes and modules",
      title: "Scripts on a node are signed",
      statement: "The path exists, and needs a development flag today.",
      label: { maturity: "partial" },
      confirmation: { on: "2026-10-26", method: "review" },
    },
    {
      id: "beta-console",
      section: "Autonomous agents",
      title: "A console shows what agents did",
      statement: "It works, and its pages still change.",
      label: { maturity: "beta" },
      confirmation: { on: "2026-10-01", method: "test", commit: "a".repeat(40) },
    },
    {
      id: "audit",
      section: "Records",
      title: "An events table that only grows",
      statement: "Rows are inserted and never changed.",
      evidence: [source("table", "db/migrations/0007_events.sql", "A trigger refuses updates.")],
    },
  ],
  risks: [
    {
      id: "no-rate-limit",
      title: "The API has no rate limit",
      kind: "gap",
      statement: "Requests are not counted.",
      plan: "A limit per token is being built.",
      reason: "It stands behind a proxy.",
      claims: ["audit"],
    },
    {
      id: "open-status",
      title: "Enrolment status can be read by anybody",
      kind: "by-design",
      statement: "A machine has no credential yet when it asks.",
      reviewOn: "2026-12-01",
    },
    {
      id: "dev-mode",
      title: "Development mode needs no sign-in",
      kind: "operator-duty",
      statement: "Without an issuer nobody is asked who he is. Set one.",
    },
  ],
  exceptions: [
    {
      id: "protobuf",
      title: "protobuf 2.28.0",
      advisory: "RUSTSEC-2024-0437",
      package: "protobuf",
      version: "2.28.0",
      ecosystem: "crates.io",
      kind: "vulnerable",
      broughtInBy: ["the proxy framework"],
      whyNoUpgrade: "The framework pins the version.",
      whyUnreachable: "No message of that format is parsed.",
      removalCondition: "The framework no longer brings it.",
      review: { on: "2026-08-01", enforced: true },
      tracking: { tool: "cargo-deny", file: "deny.toml" },
    },
    {
      id: "derivative",
      title: "derivative 2.2.0",
      advisory: "RUSTSEC-2024-0388",
      package: "derivative",
      version: "2.2.0",
      kind: "unmaintained",
      warningOnly: true,
      removalCondition: "The framework no longer brings it.",
      review: { on: "2026-11-01", upon: ["each upgrade of the framework"], enforced: true },
      tracking: { tool: "cargo-audit", file: ".cargo/audit.toml", note: "The other tool refuses the entry as unused." },
      reviews: [{ on: "2026-05-01", by: "A. Maintainer", note: "Still there." }],
    },
    {
      id: "daemonize",
      title: "daemonize 0.5.0",
      advisory: "RUSTSEC-2025-0069",
      package: "daemonize",
      version: "0.5.0",
      kind: "unmaintained",
      removalCondition: "The framework no longer brings it.",
      review: { upon: ["each upgrade of the framework"] },
      tracking: { tool: "cargo-deny", file: "deny.toml" },
    },
  ],
  scope: [
    {
      id: "agent",
      title: "The agent on a node",
      direction: "in",
      asset: { name: "agent", kind: "binary", path: "crates/agent" },
      statement: "Enrolment, verification, mounts.",
      topics: ["enrolment", "secure boot", "disk encryption"],
    },
    { id: "api", title: "The API", direction: "in", asset: { name: "server", kind: "service", path: "server" } },
    {
      id: "upstream",
      title: "Faults in what we build on",
      direction: "out",
      reason: "They are mended upstream first.",
      redirects: [{ name: "NixOS", url: "https://github.com/NixOS/nixpkgs/security" }, { name: "systemd" }],
      examples: ["A fault in the kernel."],
    },
    {
      id: "operators",
      title: "Settings of whoever runs it",
      direction: "out",
      reason: "They are not ours to set.",
      examples: ["No TLS in front.", "The issuer is not set."],
    },
  ],
  support: [
    {
      id: "main",
      title: "Development branch",
      versions: { by: "place", place: "development", branch: "develop" },
      level: "all-fixes",
      statement: "Fixes land here first.",
    },
    {
      id: "latest",
      title: "Latest release",
      versions: { by: "place", place: "latest-release" },
      level: "critical-and-high",
      statement: "Critical and high faults are mended here too.",
    },
    {
      id: "old",
      title: "Version 1",
      versions: { by: "range", range: ">=1 <2" },
      level: "none",
      statement: "Upgrade to the latest release.",
      until: "2026-06-30",
    },
  ],
  commitments: [
    {
      id: "ack",
      title: "Acknowledgement",
      trigger: "received",
      end: "acknowledged",
      length: "PT48H",
      statement: "Allow for time zones and weekends.",
    },
    { id: "timeline", title: "A timeline", trigger: "received", end: "timeline-proposed", length: { businessDays: 5 } },
    {
      id: "status",
      title: "News",
      trigger: "acknowledged",
      end: "status-sent",
      length: "P1W",
      repeats: true,
      force: "aim",
    },
    {
      id: "fix",
      title: "Fix and test",
      trigger: "received",
      end: "fix-available",
      length: { from: "P30D", to: "P75D" },
    },
    {
      id: "disclosure",
      title: "Publication",
      trigger: "received",
      end: "disclosed",
      length: "P90D",
      extension: { reasons: ["it is complex", "several projects are involved"] },
      pausedBy: ["waiting-for-reporter"],
      appliesTo: { severities: ["high", "critical"] },
    },
  ],
  channels: [
    { id: "mail", title: "Mail", kind: "mail", address: "security@kestrel.example", status: "open" },
    {
      id: "advisory",
      title: "A private advisory",
      kind: "private-advisory",
      url: "https://github.com/example/kestrel/security",
      status: "conditional",
      condition: "It opens once the repository has it switched on.",
    },
    {
      id: "issues",
      title: "Public issues",
      kind: "public-issue",
      status: "forbidden",
      statement: "They show an attacker the fault before there is a fix.",
    },
    { id: "owners", title: "Whoever owns the file", kind: "directory", path: "CODEOWNERS", status: "open" },
  ],
  "report-fields": [
    {
      id: "what",
      title: "What it is, and where",
      asks: "description",
      statement: "The fault, and the parts it is in.",
    },
    {
      id: "impact",
      title: "What it could do",
      asks: "impact",
      statement: "As far as you can say.",
      examples: ["data is exposed", "rights are gained"],
    },
  ],
  "disclosure-steps": [
    { id: "one", title: "You report", who: "reporter", statement: "In private.", order: 1 },
    { id: "two", title: "We mend it", who: "tenant", statement: "And ask for a CVE where one is due.", order: 2 },
    {
      id: "three",
      title: "It is published",
      who: "both",
      statement: "You may write about it once the advisory is out.",
      order: 3,
    },
  ],
  terms: [
    {
      id: "harbour",
      title: "No action against research in good faith",
      about: "safe-harbour",
      statement: "Whoever keeps to this policy has nothing to fear from us.",
    },
    {
      id: "credit",
      title: "Credit",
      about: "credit",
      statement: "You are named unless you would rather not be.",
      places: ["the advisory", "the release notes"],
    },
  ],
  credits: [
    {
      id: "jo",
      title: "Jo Finder",
      on: "2026-03-02",
      statement: "An escape from the mount sandbox.",
      url: "https://jo.example.org/",
    },
  ],
  "threat-models": [
    {
      id: "bridge",
      title: "The bridge",
      statement: "A light model: what is exposed, and what stands against it.",
      exposes: ["Remote execution of named tools.", "Reading of files within a project."],
      assets: [
        {
          id: "secrets",
          title: "Secrets",
          statement: "Encrypted where they are stored.",
          facts: [{ name: "key", value: "ENCRYPTION_KEY" }],
        },
      ],
      exclusions: [{ id: "network", title: "The network between agents", statement: "Whoever deploys it decides." }],
      evolution: [{ id: "signed", title: "Signed events", statement: "Their metadata is to be signed." }],
      links: [{ name: "Runbook", path: "docs/runbook.md" }],
      state: "archived",
      collection: "Operations",
    },
  ],
  surfaces: [
    {
      id: "federation",
      title: "Federation between peers",
      threatModel: "bridge",
      endpoints: ["/api/mesh/rpc"],
      exposure: "Calls of other deployments.",
      risk: "A forged or repeated call is carried out.",
      mitigations: [
        {
          id: "token",
          statement: "A short-lived token signed with a shared secret, good once.",
          switches: [{ name: "MESH_SECRET", value: "at least 32 characters", effect: "Without it federation is off." }],
          headers: ["Authorization", "X-Mesh-Secret"],
          answers: [
            { status: 401, when: "the token was used before" },
            { status: 503, when: "the store of used tokens does not answer" },
          ],
          logs: ["mesh.inbound"],
          claim: "audit",
        },
        { id: "limit", statement: "A limit per address and operator." },
      ],
    },
  ],
  layers: [
    {
      id: "network",
      title: "Network",
      statement: "The program listens on the loopback interface alone.",
      points: [{ id: "tls", statement: "A proxy in front ends TLS." }],
      facts: [{ name: "port", value: "8420" }],
      claims: ["read-only-root"],
    },
    {
      id: "sign-in",
      title: "Sign-in",
      statement: "OAuth with proof keys on every flow.",
      flow: {
        title: "A sign-in",
        parties: ["client", "server"],
        steps: [
          { from: "client", to: "server", statement: "Sends a challenge." },
          { from: "server", statement: "Compares in constant time." },
        ],
      },
    },
  ],
  tokens: [
    {
      id: "oauth",
      title: "Tokens of the bridge",
      tokens: [
        { id: "access", title: "Access token", lifetime: "PT1H", rotation: "Ends by itself." },
        {
          id: "code",
          title: "Authorization code",
          lifetime: "single-use",
          rotation: "None.",
          replay: "Refused.",
          format: "32 random bytes",
        },
      ],
    },
  ],
  checks: [
    {
      id: "audit",
      title: "Advisories",
      statement: "Compares dependencies with known advisories.",
      command: "cargo audit",
      cadence: { every: "P1W", upon: ["before a release"] },
      gate: true,
      lastRun: { on: "2026-11-10", result: "passed" },
    },
    {
      id: "codeql",
      title: "Code scanning",
      statement: "Keep one configuration alone.",
      cadence: { words: "always on" },
      standing: "recommended",
    },
  ],
  tools: [
    {
      id: "review",
      title: "Security review",
      command: "/security-review",
      statement: "Goes through a change with an attacker's eyes.",
    },
  ],
  hardening: [
    {
      id: "before",
      title: "Before it is reachable",
      phase: "before it can be reached from the internet",
      steps: [
        {
          id: "bind",
          statement: "Bind to the loopback interface.",
          facts: [{ name: "host", value: "127.0.0.1" }],
          command: "ss -ltn",
          claim: "audit",
        },
        { id: "limits", statement: "Set the limit of parallel runs.", need: "recommended" },
      ],
    },
  ],
  "release-duties": [
    {
      id: "sbom",
      title: "Bill of materials",
      statement: "Made from the tagged source.",
      place: "release-files",
      appliesTo: "stable releases",
      formats: ["SPDX", "CycloneDX"],
    },
  ],
  policies: [
    {
      id: "system",
      title: "Policy of the agent",
      component: "agent",
      statement: "What holds for what runs on a node.",
      topics: ["enrolment", "mounts"],
    },
    {
      id: "mounts",
      title: "Policy of mounts",
      component: "mounts",
      parent: "system",
      statement: "What holds for images.",
    },
  ],
  documents: [
    {
      id: "policy",
      title: "Security policy",
      role: "policy",
      source: { path: "SECURITY.md" },
      triggers: ["a release"],
      file: { lines: 153, linesOfCode: 99, size: "15 kB", history: "https://github.com/example/kestrel/commits" },
      facts: [{ name: "licence", value: "MIT" }],
    },
  ],
  frameworks: [
    {
      id: "cis",
      title: "CIS",
      version: "8",
      statement: "Modules follow it.",
      controls: [{ control: "4.1", state: "partly-met", claims: ["read-only-root"] }, { control: "4.2" }],
    },
  ],
};
