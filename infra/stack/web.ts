import { CfnOutput, Fn, RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import * as apigateway from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import type * as cloudfront from "aws-cdk-lib/aws-cloudfront";
import { FunctionUrlOrigin, HttpOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Trigger } from "#infra/doors.ts";
import { acknowledge } from "#infra/stack/acknowledge.ts";
import { ApiEntry, type ApiOrigin, longestWait } from "#infra/stack/api-entry.ts";
import type { Door } from "#infra/stack/door.ts";

type HttpTrigger = Extract<Trigger, { kind: "http" }>;

/** How requests reach doors. */
export class Web extends Construct {
  readonly #api: ApiOrigin[] = [];
  #tenants: apigateway.HttpApi | undefined;

  /** A tenant's host is one door's. Doors of the API's host wait for `openApi`. */
  serve(door: Door, trigger: HttpTrigger): void {
    if (trigger.host === "api") {
      const origin = trigger.answers === "streamed" ? streamed(door) : buffered(this.#httpApi(door, door.node.id));
      this.#api.push({ origin, ...(trigger.paths && { paths: trigger.paths }) });
      return;
    }
    this.#tenants = this.#httpApi(door, trigger.host);
    const { apiEndpoint } = this.#tenants;
    new CfnOutput(this, `${trigger.host}-url`, { description: door.shape.about, value: apiEndpoint });
  }

  /** Has a door take what is sent to these paths of tenants' hosts. Their pages are read from the door that has the host. */
  take(door: Door, paths: readonly string[]): void {
    if (!this.#tenants)
      throw new Error("No door has the tenants' hosts yet: name it before this one in infra/doors.ts.");
    const integration = new HttpLambdaIntegration(door.node.id, door.handler);
    for (const path of paths) this.#tenants.addRoutes({ path, methods: [apigateway.HttpMethod.POST], integration });
  }

  /** Puts the doors of the API behind their one host. */
  openApi(host: string, certificateArn: string | undefined): void {
    new ApiEntry(this, "Api", { origins: this.#api, host, certificateArn });
  }

  /** Answers up to 6 MB, whole. */
  #httpApi(door: Door, name: string): apigateway.HttpApi {
    const api = new apigateway.HttpApi(this, name, {
      defaultIntegration: new HttpLambdaIntegration("door", door.handler),
      createDefaultStage: false,
    });
    acknowledge(
      api,
      "APIG4",
      "Either public pages, which anybody may read, or an API whose door checks the token of every request itself.",
    );
    new apigateway.HttpStage(this, `${name}-stage`, {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(this.#accessLog(name)),
        format: withoutVisitor,
      },
    });
    return api;
  }

  #accessLog(name: string): logs.LogGroup {
    return new logs.LogGroup(this, `${name}-log`, {
      retention: logs.RetentionDays.THREE_MONTHS,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

/** No address, no user agent and no query: who reads, and who reports, is not written down. */
const withoutVisitor = AccessLogFormat.custom(
  JSON.stringify({
    requestId: "$context.requestId",
    time: "$context.requestTime",
    host: "$context.domainName",
    method: "$context.httpMethod",
    path: "$context.path",
    status: "$context.status",
    bytes: "$context.responseLength",
    milliseconds: "$context.responseLatency",
    fault: "$context.integrationErrorMessage",
  }),
);

/** The endpoint is `https://<host>`. */
const buffered = ({ apiEndpoint }: apigateway.HttpApi): cloudfront.IOrigin =>
  new HttpOrigin(Fn.select(2, Fn.split("/", apiEndpoint)), { readTimeout: longestWait });

/**
 * Answers of any size, as they are made. Lambda asks for no signature: the door itself checks the bearer token of every
 * request, which stands in the header that a signature would need.
 */
function streamed(door: Door): cloudfront.IOrigin {
  const url = new lambda.FunctionUrl(door, "Url", {
    function: door.handler,
    authType: lambda.FunctionUrlAuthType.NONE,
    invokeMode: lambda.InvokeMode.RESPONSE_STREAM,
  });
  return new FunctionUrlOrigin(url, { readTimeout: longestWait });
}
