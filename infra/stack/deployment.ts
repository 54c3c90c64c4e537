import * as z from "zod";

const hostName = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;

/** What one deployment is, from CDK's context (`cdk deploy -c domain=…`) and the account that CDK works with. */
const Deployment = z.strictObject({
  /** Begins the names of what must have a name: roles, aliases, the receipt rule set, schedules. One account may hold several. */
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,19}$/, "write up to 20 lower-case letters, digits and hyphens")
    .default("candor"),
  /** Tenants live at `<tenant>.<domain>`, their mail too. */
  domain: z.string().regex(hostName, "write a domain in lower case, such as example.org").default("example.org"),
  /** Certificate of ACM for the API's host, `api.<domain>`; CloudFront wants it in us-east-1. Without, the API has CloudFront's name. */
  certificate: z
    .string()
    .regex(/^arn:aws:acm:us-east-1:\d{12}:certificate\/[0-9a-f-]{36}$/, "write the ARN of a certificate in us-east-1")
    .optional(),
  /** Where alarms are mailed to. */
  alarmAddress: z.email("write one mail address").optional(),
  region: z.string().min(1).default("us-east-1"),
  /** A made-up account, so that everything but deploying works without one. */
  account: z
    .string()
    .regex(/^\d{12}$/, "write the 12 digits of an AWS account")
    .default("123456789012"),
});
export type Deployment = Readonly<z.infer<typeof Deployment>>;

/** Reads the context. Throws an error that names each value that can't be used. */
export function readDeployment(
  context: (name: string) => unknown,
  environment: Readonly<Record<string, string | undefined>>,
): Deployment {
  const parsed = Deployment.safeParse({
    name: context("name"),
    domain: context("domain"),
    certificate: context("certificate"),
    alarmAddress: context("alarmAddress"),
    region: environment["CDK_DEFAULT_REGION"],
    account: environment["CDK_DEFAULT_ACCOUNT"],
  });
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`);
  throw new Error(`The deployment can't be described. Pass other values with -c name=value. ${faults.join("; ")}`);
}
