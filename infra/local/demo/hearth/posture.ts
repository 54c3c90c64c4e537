/** What Hearth says of its defences: no statement has a label or a date yet. */
import type { DemoContent } from "../demo-content.ts";

export const posture = {
  purposes: [
    {
      id: "hearth",
      title: "Security at Hearth",
      statement:
        "Hearth runs whole fleets of company desktops, so a weakness in it is a weakness in each of them. Several layers stand behind one another, and what is not done yet is listed too.",
    },
  ],
  claims: [
    {
      id: "identity",
      title: "People and machines prove who they are",
      section: "Identity",
      technology: "Kanidm, OpenID Connect",
      statement:
        "Sign-in goes through Kanidm. Each JSON Web Token is checked against the issuer's key set, and what somebody may do follows from the groups in it.",
      facts: [
        { name: "Protocol", value: "OpenID Connect" },
        { name: "Token signatures", value: "ES256, RS256" },
        { name: "Keys", value: "JWKS of the issuer" },
        { name: "Role groups", value: "hearth-admins, hearth-operators, hearth-users" },
      ],
      parts: [
        { id: "user-identity", title: "UserIdentity", statement: "A request by a person." },
        { id: "machine-identity", title: "MachineIdentity", statement: "A request by a device." },
        { id: "optional-identity", title: "OptionalIdentity", statement: "A request that may come from anybody." },
        { id: "operator-identity", title: "OperatorIdentity", statement: "A request that needs an operator." },
        { id: "admin-identity", title: "AdminIdentity", statement: "A request that needs an administrator." },
      ],
      history: [],
    },
    {
      id: "device-trust",
      title: "A device gets a token when its enrolment is approved",
      section: "Device trust",
      technology: "JSON Web Tokens",
      statement:
        "The token is made at the moment of approval. The database holds only its hash, by which it can be revoked.",
      facts: [
        { name: "Signature", value: "HS256" },
        { name: "Issued", value: "at approval of the enrolment" },
        { name: "Stored for revocation", value: "SHA-256" },
        { name: "Validity", value: "90 days" },
      ],
    },
    {
      id: "transport",
      title: "Agents and control plane speak over a mesh of their own",
      section: "Transport",
      technology: "Headscale, WireGuard, cert-manager",
      statement:
        "Between devices and control plane runs a WireGuard mesh that Headscale coordinates. The ingress of the cluster speaks TLS with certificates that cert-manager looks after.",
      facts: [
        { name: "Between agents and control plane", value: "WireGuard mesh (Headscale)" },
        { name: "At the Kubernetes ingress", value: "TLS, certificates by cert-manager" },
      ],
    },
    {
      id: "device-hardening",
      title: "Devices are hardened by modules",
      section: "Device hardening",
      technology: "NixOS, Lanzaboote",
      statement:
        "A fleet picks one of two levels of hardening. Modules carry the controls of CIS and STIG, tie disk encryption to the TPM, and boot only what was signed.",
      facts: [
        { name: "Levels", value: "standard, strict" },
        { name: "Control sets", value: "CIS, STIG" },
      ],
      parts: [
        { id: "levels", title: "Two levels of hardening", evidence: ["hardening-module"] },
        { id: "controls", title: "CIS and STIG controls", evidence: ["compliance-modules"] },
        { id: "disk-encryption", title: "Disk encryption bound to the TPM", evidence: ["tpm-module"] },
        { id: "secure-boot", title: "Secure boot by Lanzaboote", evidence: ["secure-boot-module"] },
      ],
      evidence: [
        {
          id: "hardening-module",
          kind: "source-path",
          path: "modules/hardening.nix",
          proves: "What the standard and the strict level switch on.",
        },
        {
          id: "compliance-modules",
          kind: "source-path",
          path: "modules/compliance/",
          proves: "Which controls of CIS and STIG are carried out.",
        },
        {
          id: "tpm-module",
          kind: "source-path",
          path: "modules/tpm-fde.nix",
          proves: "How the disk's key is bound to the TPM.",
        },
        {
          id: "secure-boot-module",
          kind: "source-path",
          path: "modules/secure-boot.nix",
          proves: "How Lanzaboote is set up.",
        },
      ],
    },
    {
      id: "integrity",
      title: "What a device runs is named by its hash and signed",
      section: "Integrity",
      technology: "Nix store, Attic, CycloneDX",
      statement:
        "The store addresses everything by hash. Closures are signed and come from the Attic cache, and each deployment has a bill of materials.",
      facts: [
        { name: "Store", value: "hash-addressed" },
        { name: "Closures", value: "signed, from the Attic binary cache" },
        { name: "Bill of materials", value: "CycloneDX, one per deployment" },
      ],
    },
    {
      id: "audit",
      title: "What happened stays written down",
      section: "Audit",
      statement:
        "Events of the control plane go into a table that is only ever added to. On devices the hardening module switches on the kernel's audit rules.",
      facts: [
        { name: "Table", value: "audit_events, immutable" },
        { name: "On devices", value: "Linux audit rules, by the hardening module" },
      ],
      evidence: [
        {
          id: "hardening-module",
          kind: "source-path",
          path: "modules/hardening.nix",
          proves: "That the audit rules are switched on.",
        },
      ],
    },
    {
      id: "sql-safety",
      title: "Queries are checked when they are compiled",
      section: "SQL safety",
      technology: "sqlx",
      statement:
        "Queries written with sqlx's checked macros can't take in SQL from outside: text and parameters are apart before the program exists.",
      doesNotMean: [
        "It covers the paths that use checked queries, and says nothing of a query put together elsewhere.",
      ],
    },
  ],
  layers: [
    { id: "identity", title: "Identity", order: 1, statement: "Who asks, and as what.", claims: ["identity"] },
    {
      id: "device-trust",
      title: "Device trust",
      order: 2,
      statement: "Which devices belong to the fleet.",
      claims: ["device-trust"],
    },
    {
      id: "transport",
      title: "Transport",
      order: 3,
      statement: "What protects the way between them.",
      claims: ["transport"],
    },
    {
      id: "device-hardening",
      title: "Device hardening",
      order: 4,
      statement: "What a device gives away.",
      claims: ["device-hardening"],
    },
    {
      id: "integrity",
      title: "Integrity",
      order: 5,
      statement: "Whether a device runs what was built.",
      claims: ["integrity"],
    },
    { id: "audit", title: "Audit", order: 6, statement: "What can be seen afterwards.", claims: ["audit"] },
    {
      id: "sql-safety",
      title: "SQL safety",
      order: 7,
      statement: "What reaches the database.",
      claims: ["sql-safety"],
    },
  ],
  risks: [
    {
      id: "no-rate-limit",
      title: "The API limits no rates",
      order: 1,
      kind: "gap",
      statement: "A client can ask as often as it likes: nothing in the API slows it down.",
      plan: "It is on the list of what is to be improved.",
    },
    {
      id: "open-cors",
      title: "Any origin may call the API",
      order: 2,
      kind: "gap",
      statement: "Cross-origin requests are allowed from everywhere.",
      plan: "A list of permitted origins is to take the place of this.",
    },
    {
      id: "tokens-not-rotated",
      title: "Machine tokens are not rotated",
      order: 3,
      kind: "gap",
      statement: "A device keeps its token until it expires after 90 days.",
      plan: "It is on the list of what is to be improved.",
      claims: ["device-trust"],
    },
    {
      id: "open-enrolment-status",
      title: "Anybody may ask how an enrolment stands",
      order: 4,
      kind: "by-design",
      statement: "A device polls for the state of its enrolment before it has anything to prove itself with.",
      reason: "It is meant to be so: there is no identity yet that could be asked for.",
      claims: ["identity"],
    },
    {
      id: "no-security-context",
      title: "Pods of the chart have no security context",
      order: 5,
      kind: "gap",
      statement: "Deployments by the Helm chart set no `securityContext` on their pods.",
      plan: "It is on the list of what is to be improved.",
    },
    {
      id: "development-mode",
      title: "Development mode authenticates nobody",
      order: 6,
      kind: "operator-duty",
      statement:
        "Where `KANIDM_OIDC_ISSUER` is unset, authentication is off. Whoever runs Hearth in production has to set it.",
      claims: ["identity"],
    },
  ],
  documents: [
    {
      id: "threat-model",
      title: "Threat model",
      role: "threat-model",
      source: { path: "docs/threat-model.md" },
      statement: "The whole analysis of threats.",
    },
    {
      id: "compliance-registry",
      title: "Compliance registry",
      role: "compliance-registry",
      source: { path: "docs/compliance-registry.md" },
      statement: "What each framework asks for, and where it is answered.",
    },
  ],
  frameworks: [
    {
      id: "cis",
      title: "CIS",
      order: 1,
      statement: "Benchmarks whose controls the compliance modules carry. The registry lists them.",
      controls: [{ control: "Device benchmarks", claims: ["device-hardening"] }],
    },
    {
      id: "stig",
      title: "STIG",
      order: 2,
      statement: "Guides whose controls the compliance modules carry. The registry lists them.",
      controls: [{ control: "Device guides", claims: ["device-hardening"] }],
    },
    {
      id: "nist",
      title: "NIST",
      order: 3,
      statement: "Audits compare against it. The registry lists what is covered.",
    },
    {
      id: "soc-2",
      title: "SOC 2",
      order: 4,
      statement: "Audits compare against it. The registry lists what is covered.",
    },
  ],
  tools: [
    {
      id: "security-review",
      title: "Code review",
      order: 1,
      command: "/security-review",
      statement: "Goes through changes of the code in search of vulnerabilities.",
      source: { path: ".claude/commands/" },
    },
    {
      id: "compliance-audit",
      title: "Compliance audit",
      order: 2,
      command: "/compliance-audit",
      statement: "Compares with CIS, STIG, NIST and SOC 2.",
      source: { path: ".claude/commands/" },
    },
    {
      id: "threat-model",
      title: "Threat model",
      order: 3,
      command: "/threat-model",
      statement: "Applies STRIDE to components and the flows of data between them.",
      source: { path: ".claude/commands/" },
    },
    {
      id: "hardening-check",
      title: "Hardening audit",
      order: 4,
      command: "/hardening-check",
      statement: "Looks at how hard the infrastructure is.",
      source: { path: ".claude/commands/" },
    },
  ],
} satisfies DemoContent;
