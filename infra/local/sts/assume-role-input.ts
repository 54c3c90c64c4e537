import * as z from "zod";
import { StsError } from "./errors.ts";

const tagText = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;

const fields = z.strictObject({
  Action: z.literal("AssumeRole"),
  Version: z.literal("2011-06-15"),
  RoleArn: z
    .string()
    .regex(/^arn:aws:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/, "must be the ARN of a role"),
  RoleSessionName: z.string().regex(/^[\w+=,.@-]{2,64}$/, "must be 2 to 64 letters, digits or _+=,.@-"),
  DurationSeconds: z.coerce.number().int().min(900).max(43_200).default(3600),
});

const tag = z.strictObject({
  Key: z.string().min(1).max(128).regex(tagText),
  Value: z.string().max(256).regex(tagText),
});

export interface AssumeRoleInput {
  readonly roleArn: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads AssumeRole (Query protocol, version 2011-06-15). Parameters that would change what the session may do and that are
 * not supported (session policies, transitive tags, external ids, MFA) are refused, not ignored.
 * @throws StsError ValidationError
 */
export function readAssumeRole(form: URLSearchParams): AssumeRoleInput {
  const plain = [...form].filter(([name]) => !name.startsWith("Tags.member."));
  const input = fields.safeParse(Object.fromEntries(plain));
  if (!input.success) throw validationError(input.error);
  const { RoleArn, RoleSessionName, DurationSeconds } = input.data;
  return {
    roleArn: RoleArn,
    roleName: RoleArn.slice(RoleArn.lastIndexOf("/") + 1),
    sessionName: RoleSessionName,
    durationSeconds: DurationSeconds,
    tags: readTags(form),
  };
}

function readTags(form: URLSearchParams): Record<string, string> {
  const tags = [];
  for (let n = 1; form.has(`Tags.member.${n}.Key`); n++)
    tags.push({ Key: form.get(`Tags.member.${n}.Key`), Value: form.get(`Tags.member.${n}.Value`) });
  const given = [...form.keys()].filter((name) => name.startsWith("Tags.member."));
  if (given.length !== 2 * tags.length)
    throw new StsError("ValidationError", "Each tag needs a Key and a Value, numbered from 1.");
  const parsed = z.array(tag).max(50).safeParse(tags);
  if (!parsed.success) throw validationError(parsed.error);
  const names = new Set(parsed.data.map(({ Key }) => Key.toLowerCase()));
  if (names.size < tags.length)
    throw new StsError("InvalidParameterValue", "Duplicate tag keys found. Tag keys are case insensitive.");
  return Object.fromEntries(parsed.data.map(({ Key, Value }) => [Key, Value]));
}

const validationError = (error: z.ZodError): StsError =>
  new StsError("ValidationError", `This STS stand-in does not take the request: ${z.prettifyError(error)}`);
