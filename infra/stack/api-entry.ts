import { CfnOutput, Duration } from "aws-cdk-lib";
import * as acm from "aws-cdk-lib/aws-certificatemanager";
import * as cloudfront from "aws-cdk-lib/aws-cloudfront";
import { Construct } from "constructs";
import type { RequestPaths } from "#infra/doors.ts";
import { acknowledge } from "#infra/stack/acknowledge.ts";

/** A door behind the entry, and which paths are its own; without, it has the rest. */
export interface ApiOrigin {
  readonly origin: cloudfront.IOrigin;
  readonly paths?: RequestPaths;
}

export interface ApiEntryProps {
  readonly origins: readonly ApiOrigin[];
  readonly host: string;
  readonly certificateArn: string | undefined;
}

/** How long an answer may take to begin, in seconds: what CloudFront allows without asking for more. */
export const longestWait = Duration.seconds(60);

/** The one host of the API, in front of the doors that share it. It keeps nothing and changes nothing: the doors do all of that. */
export class ApiEntry extends Construct {
  constructor(scope: Construct, id: string, { origins, host, certificateArn }: ApiEntryProps) {
    super(scope, id);
    const rest = origins.filter(({ paths }) => paths === undefined);
    const [first] = rest;
    if (!first || rest.length > 1)
      throw new Error("Of the doors of the API's host exactly one has the rest of the paths.");
    const distribution = new cloudfront.Distribution(this, "Distribution", {
      comment: "The API: one host, a door for each set of paths",
      defaultBehavior: passedOn(first.origin),
      additionalBehaviors: behavioursOf(origins, first.origin),
      httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
      minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
      ...(certificateArn === undefined
        ? {}
        : {
            domainNames: [host],
            certificate: acm.Certificate.fromCertificateArn(this, "Certificate", certificateArn),
          }),
    });
    acknowledge(distribution, "CFR1", "Staff and their machines are wherever they are.");
    acknowledge(
      distribution,
      "CFR2",
      "A firewall in front of an API that takes exploits as its content would stop it.",
    );
    acknowledge(
      distribution,
      "CFR3",
      "CloudFront's log names addresses, and changes with the paths. The doors log requests without them.",
    );
    if (certificateArn === undefined)
      acknowledge(
        distribution,
        "CFR4",
        "CloudFront's own name has its own rules; with -c certificate=… the host has ours.",
      );
    new CfnOutput(this, "Url", { key: "apiurl", description: "The API", value: `https://${distribution.domainName}` });
  }
}

/** In the order in which CloudFront tries them: what a door's patterns say too much comes before, and goes to the rest. */
function behavioursOf(origins: readonly ApiOrigin[], rest: cloudfront.IOrigin) {
  const ordered = origins.flatMap(({ origin, paths }) => [
    ...(paths?.except ?? []).map((pattern): [string, cloudfront.BehaviorOptions] => [pattern, passedOn(rest)]),
    ...(paths?.only ?? []).map((pattern): [string, cloudfront.BehaviorOptions] => [pattern, passedOn(origin)]),
  ]);
  return Object.fromEntries(ordered);
}

/** All of a request but its Host header, which says to each origin which of AWS's customers it is for. */
const passedOn = (origin: cloudfront.IOrigin): cloudfront.BehaviorOptions => ({
  origin,
  allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
  cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
  originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER_EXCEPT_HOST_HEADER,
  viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.HTTPS_ONLY,
  compress: false,
});
