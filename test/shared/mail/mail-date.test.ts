import { describe, expect, it } from "vitest";
import { readMailDate } from "#shared/mail/mail-date.ts";

describe("readMailDate", () => {
  // Forms of RFC 5322 §3.3, §4.3 and appendix A; instants worked out by hand.
  it.each([
    ["Fri, 21 Nov 1997 09:55:06 -0600", "1997-11-21T15:55:06.000Z"],
    ["Tue, 1 Jul 2003 10:52:37 +0200", "2003-07-01T08:52:37.000Z"],
    ["Thu,\t13 Feb 1969 23:32 -0330 (Newfoundland Time)", "1969-02-14T03:02:00.000Z"],
    ["21 Nov 97 09:55:06 GMT", "1997-11-21T09:55:06.000Z"],
    ["Mon, 24 Mar 2008 06:04:05 PDT", "2008-03-24T13:04:05.000Z"],
  ])("reads %s", (value, instant) => {
    expect(readMailDate(value)?.toISOString()).toBe(instant);
  });

  it.each(["", "yesterday", "32 Jan 2020 00:00:00 +0000", "1 Foo 2020 00:00:00 +0000", "1 Jan 2020 25:00:00 +0000"])(
    "reads no instant from '%s'",
    (value) => {
      expect(readMailDate(value)).toBeUndefined();
    },
  );
});
