/** What Fluxheim tolerates in its dependencies, and what it says of its builds and files. */
import type { DemoContent } from "../demo-content.ts";

export const posture = {
  exceptions: [
    {
      id: "protobuf",
      title: "protobuf 2.28.0",
      order: 1,
      advisory: "RUSTSEC-2024-0437",
      package: "protobuf",
      version: "2.28.0",
      ecosystem: "crates.io",
      kind: "vulnerable",
      broughtInBy: ["Pingora"],
      whyNoUpgrade: "It comes with the dependencies of Pingora, which still ask for version 2.",
      whyUnreachable: "Fluxheim reads no protobuf input.",
      removalCondition: "Pingora brings in no vulnerable protobuf 2 any more.",
      review: { on: "2026-08-01", enforced: true },
      tracking: { tool: "cargo-deny", file: "deny.toml" },
    },
    {
      id: "daemonize",
      title: "daemonize 0.5.0",
      order: 2,
      advisory: "RUSTSEC-2025-0069",
      package: "daemonize",
      version: "0.5.0",
      ecosystem: "crates.io",
      kind: "unmaintained",
      warningOnly: true,
      broughtInBy: ["Pingora"],
      removalCondition: "Pingora brings it in no more.",
      review: { upon: ["each upgrade of Pingora"] },
      tracking: { tool: "cargo-deny", file: "deny.toml" },
    },
    {
      id: "derivative",
      title: "derivative 2.2.0",
      order: 3,
      advisory: "RUSTSEC-2024-0388",
      package: "derivative",
      version: "2.2.0",
      ecosystem: "crates.io",
      kind: "unmaintained",
      broughtInBy: ["Pingora"],
      whyUnreachable: "It is a derive macro: it runs while Fluxheim is compiled, and reads no request.",
      removalCondition: "Pingora brings in derivative no more.",
      review: { on: "2026-11-01", enforced: true },
      tracking: {
        tool: "cargo-audit",
        file: ".cargo/audit.toml",
        note: "cargo-deny refuses the entry as unused, because it does not count this advisory for the graph at hand.",
      },
    },
    {
      id: "rustls-pemfile",
      title: "rustls-pemfile 2.2.0",
      order: 4,
      advisory: "RUSTSEC-2025-0134",
      package: "rustls-pemfile",
      version: "2.2.0",
      ecosystem: "crates.io",
      kind: "unmaintained",
      warningOnly: true,
      broughtInBy: ["Pingora's Rustls stack", "rustls-native-certs"],
      whyUnreachable:
        "Fluxheim reads its own PEM files with `rustls-pki-types::pem::PemObject` and uses this crate nowhere itself.",
      removalCondition: "Neither Pingora's Rustls stack nor rustls-native-certs brings it in any more.",
      review: { upon: ["each upgrade of Pingora", "each upgrade of Rustls"] },
      tracking: { tool: "cargo-deny", file: "deny.toml" },
    },
  ],
  claims: [
    {
      id: "reproducible-build",
      title: "Two builds of a release candidate are the same",
      section: "Builds",
      statement:
        "The release binary is built twice from one lock file, each time in a target directory of its own, and the hashes of the two are compared.",
      facts: [
        { name: "Builds", value: "2" },
        { name: "Target directories", value: "separate" },
        { name: "Lock file", value: "the same" },
        { name: "Compared", value: "hash of the executable" },
      ],
      doesNotMean: [
        "It is a gate on the machine that makes releases. Another machine, distribution or container builder may come to other bytes.",
      ],
      evidence: [
        {
          id: "script",
          kind: "source-path",
          path: "scripts/reproducible_build_check.sh",
          proves: "How the two builds are made and compared.",
        },
        {
          id: "run",
          kind: "check-run",
          check: "reproducible-build",
          proves: "That the check is part of every release.",
        },
      ],
    },
    {
      id: "dependency-sources",
      title: "Dependencies come from known places",
      section: "Supply chain",
      technology: "cargo-deny",
      statement: "A registry that the policy does not name, and any source in git, is refused.",
      evidence: [
        { id: "policy", kind: "source-path", path: "deny.toml", proves: "Which sources and licences are permitted." },
        {
          id: "run",
          kind: "check-run",
          check: "dependency-policy",
          proves: "That the policy is compared with the dependencies.",
        },
      ],
    },
    {
      id: "file-trust",
      title: "Files with secrets are checked for who may read them",
      section: "Files",
      technology: "Unix modes",
      statement:
        "A check of its own looks at the files of TLS, apart from reading the configuration: it can be run before there is a certificate, and again before start and renewal.",
      facts: [{ name: "Inspected", value: "ownership, symbolic links, mode bits" }],
      caveats: [
        {
          id: "no-acl",
          summary:
            "The check does not read POSIX access control lists, so a file can be open by one without its being seen.",
          detail: "Where several tenants or a regulator are concerned, look at the paths with `getfacl` as well.",
        },
      ],
    },
    {
      id: "admin-key-resident",
      title: "The key of the admin tokens lives as long as the process",
      section: "Files",
      statement:
        "The key that authenticates admin tokens is made when the process starts, and is never written to a file.",
      caveats: [
        {
          id: "in-memory",
          summary:
            "That key stays in the memory of the process for its whole life, on purpose: whoever reads the memory has it.",
          detail:
            "Where that matters, switch off core dumps and swap, and isolate the service so that `/proc/<pid>/mem` can't be read.",
        },
      ],
    },
  ],
  hardening: [
    {
      id: "tls-storage",
      title: "Files of TLS",
      order: 1,
      phase: "Before start and before renewal",
      statement: "On Unix. The command can be run before certificates are there, and again once they are.",
      steps: [
        {
          id: "key-files",
          statement: "Files with private keys belong to the service's user and are open to that user alone.",
          facts: [{ name: "Mode", value: "0600" }],
          command: "fluxheim --config path/to/fluxheim.toml --check-tls-storage",
          claim: "file-trust",
        },
        {
          id: "acme-store",
          statement: "So are the directories of the ACME store.",
          facts: [{ name: "Mode", value: "0700" }],
          command: "fluxheim --config path/to/fluxheim.toml --check-tls-storage",
          claim: "file-trust",
        },
      ],
    },
    {
      id: "several-tenants",
      title: "Several tenants, or a regulator",
      order: 2,
      phase: "Before others depend on it",
      steps: [
        {
          id: "access-lists",
          statement: "Look at the access control lists of sensitive paths.",
          command: "getfacl",
          need: "recommended",
          claim: "file-trust",
        },
        {
          id: "parents",
          statement: "Keep parent directories private to the service's user.",
          need: "recommended",
        },
        {
          id: "no-swap-no-dumps",
          statement: "Switch off swap and core dumps for processes that hold one of these secrets.",
          facts: [
            { name: "Secret 1", value: "admin bearer tokens" },
            { name: "Secret 2", value: "EAB secrets" },
            { name: "Secret 3", value: "TLS private keys" },
            { name: "Secret 4", value: "cache encryption credentials" },
          ],
          need: "recommended",
        },
        {
          id: "process-memory",
          statement: "Isolate the service so that nobody reads `/proc/<pid>/mem`.",
          need: "recommended",
          claim: "admin-key-resident",
        },
      ],
    },
  ],
} satisfies DemoContent;
