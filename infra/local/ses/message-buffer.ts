/**
 * Collects a message of unknown length with room kept in front, so that header fields can be put before it without
 * copying the message once more. With the length declared (SMTP `SIZE=`) nothing is copied at all.
 */
export interface MessageBuffer {
  append(chunk: Buffer): void;
  /** The message with `head` in place of its first `skip` bytes. Ends the collecting. */
  withHead(head: Buffer, skip: number): Buffer;
  /** The message as it came. */
  message(): Buffer;
}

const headroom = 8 * 1024;
const firstCapacity = 16 * 1024;

/** @param limit the most bytes that will ever be appended */
export function messageBuffer(declared: number, limit: number): MessageBuffer {
  let bytes = Buffer.allocUnsafeSlow(headroom + Math.min(declared > 0 ? declared + 1024 : firstCapacity, limit));
  let end = headroom;

  function grow(needed: number): void {
    const capacity = Math.max(Math.min(bytes.length * 2, headroom + limit), needed);
    const larger = Buffer.allocUnsafeSlow(capacity);
    bytes.copy(larger, headroom, headroom, end);
    bytes = larger;
  }

  return {
    append(chunk) {
      if (end + chunk.length > bytes.length) grow(end + chunk.length);
      end += chunk.copy(bytes, end);
    },
    message: () => bytes.subarray(headroom, end),
    withHead(head, skip) {
      const start = headroom + skip - head.length;
      if (start < 0) return Buffer.concat([head, bytes.subarray(headroom + skip, end)]);
      head.copy(bytes, start);
      return bytes.subarray(start, end);
    },
  };
}
