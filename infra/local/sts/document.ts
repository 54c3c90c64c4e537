import { escapeXml } from "#infra/local/ses/xml.ts";
import type { StsError } from "./errors.ts";

const namespace = "https://sts.amazonaws.com/doc/2011-06-15/";

/** The fields of a result; a nested object is an element with elements in it. */
export interface Fields {
  readonly [name: string]: string | Fields;
}

/** The answer to an action (Query protocol). */
export function resultDocument(action: string, result: Fields, requestId: string): string {
  return document(`${action}Response`, {
    [`${action}Result`]: result,
    ResponseMetadata: { RequestId: requestId },
  });
}

export function errorDocument({ code, message, status }: StsError, requestId: string): string {
  const type = status < 500 ? "Sender" : "Receiver";
  return document("ErrorResponse", { Error: { Type: type, Code: code, Message: message }, RequestId: requestId });
}

const document = (name: string, fields: Fields): string =>
  `<${name} xmlns="${namespace}">${elements(fields)}</${name}>`;

function elements(fields: Fields): string {
  const element = ([name, value]: [string, string | Fields]) =>
    `<${name}>${typeof value === "string" ? escapeXml(value) : elements(value)}</${name}>`;
  return Object.entries(fields).map(element).join("");
}
