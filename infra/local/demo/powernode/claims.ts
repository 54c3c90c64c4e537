/** What Powernode says it does, how far each of it may be relied on, and what it concedes. */
import type { DemoContent } from "../demo-content.ts";

/** When most of it was last looked at. The controls of agents list what they rest on, and no day. */
const confirmation = { on: "2026-06-12", method: "source-search" } as const;
const agentExtension = "extensions/system/agent";

export const claims = [
  {
    id: "node-identity",
    title: "Identity and enrolment of nodes",
    section: "Nodes",
    order: 1,
    technology: "mTLS, Vault PKI",
    label: { maturity: "enforced" },
    statement:
      "A node trades a bootstrap token for a certificate, and from then on both sides prove themselves by mTLS. The key pair is made on the node and its private half stays there: what travels is a request that carries the public half.",
    facts: [
      { name: "Exchange", value: "bootstrap token for an mTLS certificate" },
      { name: "Key pair", value: "Ed25519, made on the node" },
      { name: "What leaves the node", value: "the CSR alone" },
      { name: "Control plane recognised by", value: "a CA bundle the agent was given" },
      { name: "Certificate issued by", value: "a PKI backend of Vault, which returns no private key" },
      { name: "Rotation", value: "by the agent, before expiry" },
    ],
    evidence: [
      {
        id: "csr",
        kind: "source-path",
        path: `${agentExtension}/internal/enroll/csr.go`,
        proves: "That the key pair is made here and the request built from it.",
      },
      {
        id: "client",
        kind: "source-path",
        path: `${agentExtension}/internal/enroll/client.go`,
        proves: "How token and certificate are exchanged.",
      },
      {
        id: "rotation",
        kind: "source-path",
        path: `${agentExtension}/internal/runtime/cert_rotation.go`,
        proves: "That certificates are rotated before they expire.",
      },
      {
        id: "pki-client",
        kind: "source-path",
        path: "server/app/services/security/vault_pki_client.rb",
        proves: "That Vault issues the certificates.",
      },
    ],
    confirmation,
  },
  {
    id: "module-verification",
    title: "Verification of modules",
    section: "Modules",
    order: 2,
    technology: "Sigstore, Fulcio, fs-verity",
    label: { maturity: "enforced", qualifier: "for module mounts" },
    statement: "Before a module of the platform is mounted, two checks have to hold. If one fails, there is no mount.",
    parts: [
      {
        id: "signature",
        title: "Keyless signature",
        statement:
          "The agent runs `cosign verify-blob` with the identity and the issuer of the certificate pinned by regular expressions: the identity that the CI workflow has at Actions. Another identity, or a signature that does not verify, blocks the mount.",
        evidence: ["cosign"],
      },
      {
        id: "root-hash",
        title: "Root hash",
        statement:
          "fs-verity is switched on for the blob that was fetched, which makes it read-only and checked whenever it is opened. Its root hash has to be the digest that the control plane recorded at build time. A mismatch blocks the mount.",
        evidence: ["fsverity"],
      },
    ],
    doesNotMean: [
      "What is enforced is the check where modules are used. That every module is signed where it is made is not claimed.",
      "Keyless means that the identity in the certificate is pinned. It says nothing about a transparency log.",
    ],
    caveats: [
      {
        id: "unsigned-artefacts",
        summary:
          "Not every path that publishes a module signs it yet, so verification covers what is signed and no more.",
        detail: "Verification is wired to block as soon as signatures are there.",
        plan: "The publishing side is to sign everything.",
        evidence: ["signing-comment"],
      },
      {
        id: "scripts-unverified",
        summary:
          "Scripts that run on a node are not checked for a signature: that way needs an unsafe flag for development.",
        detail: "The flag is `--allow-unsigned`. This way is not made for production.",
        evidence: ["exec-command"],
      },
      {
        id: "no-transparency-log",
        summary:
          "No transparency log is asked: neither Rekor nor another. Do not assume a supply chain that is signed from end to end.",
        evidence: ["no-rekor"],
      },
    ],
    evidence: [
      {
        id: "cosign",
        kind: "source-path",
        path: `${agentExtension}/internal/verify/cosign.go`,
        proves:
          "That `verify-blob` is enforced with pinned identity and issuer. A verifier that agrees to everything, `AlwaysOK`, is there for development and tests.",
        quote: "NEVER use in production",
      },
      {
        id: "fsverity",
        kind: "source-path",
        path: `${agentExtension}/internal/verify/fsverity.go`,
        proves: "That fs-verity is switched on and the root hash compared.",
      },
      {
        id: "signing-comment",
        kind: "source-path",
        path: "server/app/services/ai/.../service.go",
        proves: "That the verifier waits for the publishing side.",
        quote: "once the M1 publish pipeline ships signatures.",
      },
      {
        id: "exec-command",
        kind: "source-path",
        path: `${agentExtension}/cmd/powernode-agent/internal/cli/exec_cmd.go`,
        proves: "That running a script verifies nothing.",
        quote: "cosign verification not yet implemented (use --allow-unsigned in dev only)",
      },
      {
        id: "no-rekor",
        kind: "source-path",
        path: agentExtension,
        proves: "That no inclusion in a transparency log is checked.",
        absence: { searchedFor: "Rekor, tlog", within: "the source" },
      },
    ],
    confirmation: { ...confirmation, note: "That something is absent was found by searching the source." },
  },
  {
    id: "read-only-modules",
    title: "Read-only file system of modules",
    section: "Modules",
    order: 3,
    technology: "erofs, overlayfs",
    label: { maturity: "enforced" },
    statement:
      "A module is one erofs image, mounted read-only through a loop device (`mount -t erofs -o loop,ro`). The root of the system is an overlay of the modules that are attached. erofs has no way to write, and fs-verity checks what is read.",
    evidence: [
      {
        id: "erofs",
        kind: "source-path",
        path: `${agentExtension}/internal/mount/erofs.go`,
        proves: "That the mount is read-only, and that erofs is the one format.",
      },
      {
        id: "overlay",
        kind: "source-path",
        path: `${agentExtension}/internal/mount/overlay.go`,
        proves: "How the modules make one root.",
      },
    ],
    history: [
      {
        text: "An earlier way by composefs and squashfs was removed when erofs became the one format. The history of the source still speaks of it.",
      },
    ],
    confirmation,
  },
  {
    id: "supply-chain",
    title: "Bills of materials, provenance and attestations",
    section: "Supply chain",
    order: 4,
    technology: "CycloneDX, SPDX, SLSA, in-toto",
    label: { maturity: "shipped" },
    appliesWhen: {
      component: "supply-chain extension",
      otherwise: "An installation in core mode, without the extension, has none of this.",
    },
    statement:
      "The extension, which is public under the MIT licence, makes and keeps bills of materials and records of how something was built.",
    facts: [
      { name: "Ecosystems", value: "npm, RubyGems, pip, Maven, Go, Cargo" },
      { name: "CycloneDX", value: "1.5, 1.6" },
      { name: "SPDX", value: "2.3" },
      { name: "SLSA predicates", value: "slsa.dev/provenance/v1, v0.2" },
      { name: "Attestations", value: "SLSA, in-toto" },
      { name: "Signing keys", value: "cosign, KMS, Vault" },
    ],
    parts: [
      { id: "sboms", title: "Bills of materials", evidence: ["sbom-service"] },
      {
        id: "provenance",
        title: "Provenance",
        statement: "Runs of pipelines are among what it is made from.",
        evidence: ["slsa-generator"],
      },
      { id: "attestations", title: "Records of attestations", evidence: ["models"] },
      { id: "scan-results", title: "Results of scanning container images" },
      { id: "cve-correlation", title: "Correlation with feeds of CVEs" },
      { id: "licences", title: "Licence compliance" },
      { id: "vendor-risk", title: "Scores of the risk in vendors" },
    ],
    doesNotMean: ["It produces and keeps track of such records. It is no closed circle of signing and enforcing."],
    caveats: [
      {
        id: "no-reject-on-install",
        summary:
          "Nothing yet rejects an unsigned or wrongly attested artefact when it is installed, and the extension that would is optional.",
        detail:
          "Keys and formats are there. What closes the circle overlaps with the signing of modules, which is open too.",
        evidence: ["models"],
      },
    ],
    evidence: [
      {
        id: "sbom-service",
        kind: "source-path",
        path: "server/app/services/supply_chain/sbom_generation_service.rb",
        proves: "The formats and ecosystems.",
      },
      {
        id: "slsa-generator",
        kind: "source-path",
        path: "server/app/services/supply_chain/slsa_provenance_generator.rb",
        proves: "The types of SLSA predicates.",
      },
      {
        id: "models",
        kind: "source-path",
        path: "server/app/models/supply_chain/{attestation,signing_key,build_provenance}.rb",
        proves: "What is kept of attestations, signing keys and builds.",
      },
    ],
    confirmation,
  },
  {
    id: "agent-controls",
    title: "Controls over autonomous agents",
    section: "Agents",
    order: 5,
    statement: "Where agents act by themselves, several controls stand behind one another.",
    parts: [
      {
        id: "kill-switch",
        title: "Kill switch",
        label: { maturity: "enforced" },
        statement: "One stop for the whole account. It is recorded as an event with what is needed to go back.",
        facts: [
          { name: "Effect 1", value: "a snapshot of the state is taken" },
          { name: "Effect 2", value: "new work of agents is suspended" },
          { name: "Effect 3", value: "what runs is cancelled" },
          { name: "Effect 4", value: "schedules are paused" },
          { name: "Effect 5", value: "queued tasks between agents are cancelled" },
          { name: "Effect 6", value: "circuit breakers of providers are opened" },
          { name: "Effect 7", value: "all agents are demoted to supervised" },
          { name: "Effect 8", value: "job queues are drained" },
          { name: "Recorded", value: "an auditable event with restore metadata" },
        ],
        evidence: ["kill-switch"],
      },
      {
        id: "fingerprinting",
        title: "Behavioural fingerprints",
        label: { maturity: "shipped" },
        statement:
          "For each agent and metric there is a baseline over a rolling window. What lies too far from it is flagged, once there are enough observations to trust the baseline.",
        facts: [
          { name: "Measure", value: "z-score over rolling mean and standard deviation" },
          { name: "Before it counts", value: "a least number of observations" },
          { name: "Machine learning", value: "none: it is statistics" },
        ],
        evidence: ["fingerprint-service", "fingerprint-model"],
      },
      {
        id: "guardrails",
        title: "Guardrails for input and output",
        label: { maturity: "shipped" },
        statement:
          "What goes in passes four rails, and what comes out passes others. Where the account is known, injection and personal data are looked for by a fuller service, else by patterns.",
        facts: [
          { name: "Input rail 1", value: "prompt injection" },
          { name: "Input rail 2", value: "personal data" },
          { name: "Input rail 3", value: "token limit" },
          { name: "Input rail 4", value: "topic and language" },
          { name: "Output", value: "output rails" },
          { name: "Method", value: "patterns with a confidence score" },
          { name: "Borderline cases", value: "a language model may be asked, as an option" },
        ],
        caveats: [
          {
            id: "pattern-based",
            summary:
              "Guardrails for agents go by patterns. They make known injections harder and promise nothing against new ones.",
            detail: "Count on them as one layer of several, never as a boundary.",
          },
        ],
        evidence: ["input-rail", "anomaly-service"],
      },
      {
        id: "intervention",
        title: "Intervention, approval, trust and quarantine",
        label: { maturity: "shipped" },
        statement:
          "Policies that an operator sets put an approval before sensitive actions. An agent's trust falls while it is idle, and one that misbehaves can be demoted at once and put in quarantine.",
        evidence: ["intervention-policies", "approval-services"],
      },
    ],
    evidence: [
      {
        id: "kill-switch",
        kind: "source-path",
        path: "server/app/services/ai/autonomy/kill_switch_service.rb",
        proves: "The eight effects, and the event that records them.",
      },
      {
        id: "fingerprint-service",
        kind: "source-path",
        path: "server/app/services/ai/autonomy/behavioral_fingerprint_service.rb",
        proves: "How baselines are made and compared.",
      },
      {
        id: "fingerprint-model",
        kind: "source-path",
        path: "server/app/models/ai/behavioral_fingerprint.rb",
        proves: "What is kept of them.",
      },
      {
        id: "input-rail",
        kind: "source-path",
        path: "server/app/services/ai/guardrails/input_rail.rb",
        proves: "The four rails for input.",
      },
      {
        id: "anomaly-service",
        kind: "source-path",
        path: "server/app/services/ai/security/agent_anomaly_detection_service.rb",
        proves: "The fuller service for injection and personal data.",
      },
      {
        id: "intervention-policies",
        kind: "source-path",
        path: "server/app/services/ai/intervention_policy_service.rb",
        proves: "How policies stop an action until it is approved.",
      },
      {
        id: "approval-services",
        kind: "source-path",
        path: "server/app/services/ai/autonomy/{approval_workflow_service,execution_gate_service}.rb",
        proves: "The approvals, and the gate before an execution.",
      },
    ],
  },
  {
    id: "key-lifecycle",
    title: "Credentials and keys",
    section: "Secrets",
    order: 6,
    technology: "HashiCorp Vault",
    label: { maturity: "shipped" },
    statement:
      "Secrets and keys live in Vault, not in source or configuration. By rule of the project a key is born in Vault, or in a service that writes straight to it.",
    facts: [
      { name: "Old versions", value: "decrypt until they are retired" },
      { name: "Key generation", value: "inside Vault, never by command line or in code" },
    ],
    parts: [
      {
        id: "kv",
        title: "Key-value secrets",
        statement: "Read through a client with a circuit breaker, `Security::VaultClient`.",
        evidence: ["vault-clients"],
      },
      {
        id: "transit",
        title: "Transit encryption",
        statement:
          "Vault keeps the key and shows it to nobody; `Security::VaultTransitClient` encrypts, decrypts, rotates and works with versions.",
        evidence: ["vault-clients"],
      },
      {
        id: "pki",
        title: "Certificates",
        statement: "`Security::VaultPkiClient` has the certificates of nodes issued.",
        evidence: ["vault-clients"],
      },
    ],
    evidence: [
      {
        id: "vault-clients",
        kind: "source-path",
        path: "server/app/services/security/{vault_client,vault_transit_client,vault_pki_client}.rb",
        proves: "The three clients and what each can do.",
      },
    ],
    confirmation,
  },
] satisfies DemoContent["claims"];
