/**
 * Everything that an audit log tells of, one row an action: its name, and what it says to whoever reads the log. A name never
 * changes its meaning; events with it stay in logs for good.
 */
export const auditActions = {
  "report.received": "A report was opened by a mail that came in.",
  "message.received": "A mail joined a conversation of a report.",
  "mail.duplicate": "A mail was delivered that is here already; nothing was added.",
  "mail.quarantined": "A mail waits for a person: spam, a virus, or nothing that can be read.",
  "mail.sent": "A mail from the outbox was handed over to be delivered.",
  "mail.refused": "A mail from the outbox was given up.",
  "report.opened": "A report's first message was opened.",
  "messages.opened": "Messages of a report were opened.",
  "attachment.opened": "An attachment of a report was opened.",
  "raw.opened": "A mail of a report was opened as it came.",
  "key.created": "A named key was made.",
  "key.changed": "Settings of a named key were changed.",
  "key.rotated": "A named key got a new version.",
  "key.version-retired": "A version of a named key was retired.",
  "key.version-reinstated": "A retired version of a named key was taken back into use.",
  "key.version-shredding": "A version of a named key was given a date on which it is destroyed.",
  "key.version-kept": "The destruction of a version of a named key was called off.",
  "key.deleted": "A named key was deleted; its name stays taken.",
  "key.decrypted": "Ciphertext was decrypted with a named key.",
  "key.data-key": "A data key was made under a named key and given out in clear.",
  "key.signed": "Something was signed with a named key.",
  "signing-key.added": "A key that Candor signs the tenant's public statements with was made.",
  "job.asked": "A job was asked for.",
  "job.cancel-asked": "A running job was asked to end.",
  "job.done": "A job was carried out.",
  "job.failed": "A job was given up.",
  "job.cancelled": "A job was ended before it was carried out.",
  "host.verified": "A host of the tenant's own was proven to be its own; it serves the tenant.",
  "host.failing": "A host is not proven any more. Where that lasts for seven days, it is lost.",
  "host.lost": "A host is not the tenant's any more, or was not proven in time.",
} as const satisfies Readonly<Record<string, string>>;

export type AuditAction = keyof typeof auditActions;
