import type { TenantProfile } from "#shared/tenant/tenant.ts";

export interface SecurityTxtFacts {
  readonly profile: TenantProfile;
  readonly siteDomain: string;
  readonly mailDomain: string;
}

/**
 * A tenant's security.txt (RFC 9116) without its end: the fields in the order of that document's section 2.5. There is no
 * `Encryption`, since the tenant's key signs and encrypts nothing, and mail is sealed when it arrives.
 */
export function securityTxt({ profile, siteDomain, mailDomain }: SecurityTxtFacts, expiresAt: Date): string {
  const site = `https://${profile.slug}.${siteDomain}`;
  const own = `security@${profile.slug}.${mailDomain}`;
  const contacts = [own, ...profile.contacts.filter((contact) => contact !== own)];
  const fields = [
    ...contacts.map((contact) => ["Contact", `mailto:${contact}`]),
    ["Expires", expiresAt.toISOString()],
    ["Acknowledgments", `${site}/thanks`],
    ["Preferred-Languages", profile.languages.join(", ")],
    ["Canonical", `${site}/.well-known/security.txt`],
    ["Policy", `${site}/policy`],
  ];
  return fields.map(([name, value]) => `${name}: ${value}\n`).join("");
}
