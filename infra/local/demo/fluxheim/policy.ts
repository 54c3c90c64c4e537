/** How Fluxheim is built, released and reported to. */
import type { DemoContent } from "../demo-content.ts";

const regularly = { upon: ["a release"], words: "Regularly, and before each release" };

export const policy = {
  purposes: [
    {
      id: "fluxheim",
      title: "Security at Fluxheim",
      statement:
        "A proxy stands where everybody can reach it, and sees what everybody sends. What changes in the parts that matter most is treated as a danger until it was tested.",
      principles: [
        {
          id: "high-risk-changes",
          statement: "These changes count as high risk for as long as they are untested.",
          items: ["dependencies", "TLS", "cache", "request routing"],
        },
        {
          id: "dependency-sources",
          statement:
            "The dependency policy is a file, `deny.toml`. Registries that it does not know and sources in git are refused unless it says otherwise.",
          items: ["unknown registries: denied", "git sources: denied"],
        },
        {
          id: "licence-exceptions",
          statement: "An exception for a licence has four properties, or it is none.",
          items: ["narrow", "named", "versioned", "with the reason why it is accepted"],
        },
        {
          id: "executable-changes",
          statement:
            "Whatever can run code on the machine that builds is an executable change of the supply chain, and is read by somebody before a dependency update is merged.",
          items: [
            "build scripts",
            "procedural macros",
            "-sys crates",
            "vendored native code",
            "Cargo aliases",
            "edits of CI workflows",
            "edits of release scripts",
          ],
        },
        {
          id: "exception-rule",
          statement: "An advisory is tolerated only where all of this is so.",
          items: [
            "there is no compatible upgrade",
            "Fluxheim does not reach the affected API",
            "the tool that reports it lists the exception",
            "a condition says when the exception goes",
          ],
        },
      ],
    },
  ],
  checks: [
    {
      id: "project-checks",
      title: "Project checks",
      order: 1,
      command: "scripts/checks.sh",
      statement: "The project's own checks.",
      cadence: regularly,
    },
    {
      id: "release-checks",
      title: "Release checks",
      order: 2,
      command: "scripts/release_checks.sh",
      statement: "What is looked at before a release besides.",
      cadence: regularly,
    },
    {
      id: "dependency-policy",
      title: "Dependency policy",
      order: 3,
      command: "cargo deny check",
      statement: "Compares the dependencies with `deny.toml`.",
      cadence: regularly,
    },
    {
      id: "licence-policy",
      title: "Licence policy",
      order: 4,
      command: "cargo deny check licenses",
      statement: "Compares the licences of dependencies with `deny.toml`.",
      cadence: regularly,
    },
    {
      id: "advisory-audit",
      title: "Advisory audit",
      order: 5,
      command: "cargo audit",
      statement: "Looks for published advisories on the dependencies.",
      cadence: regularly,
    },
    {
      id: "sbom",
      title: "Bill of materials",
      order: 6,
      command: "scripts/generate-sbom.sh",
      statement: "Writes the bill of materials.",
      cadence: regularly,
    },
    {
      id: "reproducible-build",
      title: "Reproducible build",
      order: 7,
      command: "scripts/reproducible_build_check.sh",
      statement: "Builds twice and compares.",
      cadence: regularly,
    },
    {
      id: "release-metadata-gate",
      title: "Release metadata gate",
      order: 8,
      statement:
        "Fails once the day of an exception's review is past and the exception is still there. Nothing is released over it.",
      cadence: { upon: ["a release"] },
      gate: true,
    },
    {
      id: "continuous-integration",
      title: "Continuous integration",
      order: 9,
      statement: "GitHub Actions run the checks.",
      cadence: { words: "By GitHub Actions" },
    },
    {
      id: "codeql",
      title: "CodeQL, default setup",
      order: 10,
      statement:
        "Whoever administers the repository should switch on CodeQL's default setup, and have no other configuration of it: GitHub refuses SARIF results where the default setup and a workflow analyse the same repository.",
      cadence: { words: "As GitHub runs it" },
      standing: "recommended",
    },
  ],
  documents: [
    {
      id: "release-checklist",
      title: "Release Checklist",
      role: "release-gate",
      statement: "The gate before a release, written down whole.",
      triggers: ["publishing artefacts", "changing versions of dependencies", "changing TLS, cache or proxy behaviour"],
    },
    {
      id: "supply-chain-security",
      title: "Rust Supply-Chain Security",
      role: "review-rules",
      statement: "The threat model of the Rust dependencies, and the rules by which they are reviewed.",
    },
  ],
  "release-duties": [
    {
      id: "spdx",
      title: "SPDX bill of materials",
      order: 1,
      place: "release-files",
      appliesTo: "stable releases",
      formats: ["SPDX"],
      statement: "It is made from the tagged source tree.",
    },
    {
      id: "cyclonedx",
      title: "CycloneDX bill of materials",
      order: 2,
      place: "release-files",
      appliesTo: "stable releases",
      formats: ["CycloneDX"],
      statement: "It is made from the tagged source tree.",
    },
    {
      id: "sbom-checksums",
      title: "Checksums of the bills of materials",
      order: 3,
      place: "release-notes",
      appliesTo: "stable releases",
      statement: "One for each bill.",
    },
    {
      id: "source-checksums",
      title: "Checksums of the source archives",
      order: 4,
      place: "release-notes",
      appliesTo: "stable releases",
      statement: "One for each archive.",
    },
    {
      id: "binary-checksums",
      title: "Checksums of the binaries",
      order: 5,
      place: "release-notes",
      appliesTo: "stable releases",
      statement: "One for each binary.",
    },
    {
      id: "container-digests",
      title: "Digests of the containers",
      order: 6,
      place: "release-notes",
      appliesTo: "stable releases",
      statement: "One for each image.",
    },
    {
      id: "tag-verification",
      title: "Verification of the signed tag",
      order: 7,
      place: "release-notes",
      appliesTo: "stable releases",
      statement: "The line by which somebody can verify it.",
    },
  ],
  channels: [
    {
      id: "private-advisory",
      title: "A private security advisory",
      order: 1,
      kind: "private-advisory",
      status: "open",
      statement: "The repository takes it, and only maintainers read it.",
    },
    {
      id: "maintainers",
      title: "The maintainers directly",
      order: 2,
      kind: "directory",
      status: "conditional",
      condition: "The project has set up the security channels of its public repository.",
    },
  ],
  terms: [
    {
      id: "no-details-before-a-fix",
      title: "Details wait for the fix",
      about: "disclosure",
      statement: "Nothing that would help to exploit a fault is published while there is no fix for it.",
    },
  ],
} satisfies DemoContent;
