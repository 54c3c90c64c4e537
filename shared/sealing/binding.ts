/** What a sealed thing belongs to. It opens only where all three are the same again; none of them is stored in it. */
export interface Binding {
  readonly tenant: string;
  readonly purpose: string;
  readonly object: string;
}

const LONGEST_FIELD = 1024;

/**
 * Encodes fields so that two different lists never give the same bytes: each field as its length in bytes of UTF-8
 * (u16, big-endian), then those bytes. Throws RangeError for a field over 1,024 bytes, TypeError for a lone surrogate,
 * which UTF-8 could only replace and so make equal to another.
 */
export function encodeFields(...fields: readonly string[]): Buffer {
  return Buffer.concat(fields.flatMap((field) => encodeField(field)));
}

/** The binding as additional data, under a context that keeps one use of it apart from every other. */
export function encodeBinding(context: string, { tenant, purpose, object }: Binding): Buffer {
  return encodeFields(context, tenant, purpose, object);
}

function encodeField(field: string): [Buffer, Buffer] {
  if (!field.isWellFormed()) throw new TypeError("A binding field is not valid Unicode: use an identifier.");
  const bytes = Buffer.from(field, "utf8");
  if (bytes.length > LONGEST_FIELD)
    throw new RangeError(`A binding field is over ${LONGEST_FIELD} bytes: use an identifier.`);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return [length, bytes];
}
