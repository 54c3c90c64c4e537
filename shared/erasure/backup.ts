/** Days for which the table and the buckets can be brought back as they were: point-in-time recovery, and versions of objects. */
export const backupDays = 35;

/** The day (UTC) on which the last backup ends that has what is erased at this instant. */
export const lastBackupDay = (erasedAt: Date): string =>
  new Date(erasedAt.getTime() + (backupDays + 1) * 86_400_000).toISOString().slice(0, 10);
