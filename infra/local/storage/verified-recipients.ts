import { mailDomain } from "#infra/local/stand-ins.ts";
import { tenantOfAddress } from "#shared/store/addresses.ts";
import type { Table } from "#shared/store/table.ts";

/**
 * Which recipients SES would take mail for: all of the mail domain, whether there is such a tenant or not, and the addresses
 * and domains of the tenants' settings.
 */
export function verifiedRecipients(table: Table): (recipient: string) => Promise<boolean> {
  return async (recipient) => {
    const address = recipient.toLowerCase();
    const domain = address.slice(address.lastIndexOf("@") + 1);
    if (domain === mailDomain || domain.endsWith(`.${mailDomain}`)) return true;
    return (
      (await tenantOfAddress(table, address)) !== undefined || (await tenantOfAddress(table, domain)) !== undefined
    );
  };
}
