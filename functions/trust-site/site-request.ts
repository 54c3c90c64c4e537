/** What a page needs to know of a request. It comes from Lambda's event as it is, so that a page that is kept needs no `Request` object. */
export interface SiteRequest {
  readonly method: string;
  /** As in the header, port and all. */
  readonly host: string;
  readonly scheme: "http" | "https";
  /** As in the request line. */
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly acceptLanguage: string | undefined;
  readonly acceptEncoding: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Absent where there is none: 304, and answers to HEAD. */
  readonly body?: Encoded;
}

/** The bytes of a body, and how Lambda wants them: as text, or compressed and in base64. */
export interface Encoded {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly text: string;
  readonly isBase64: boolean;
}
