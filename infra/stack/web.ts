import { CfnOutput, RemovalPolicy } from "aws-cdk-lib";
import { AccessLogFormat } from "aws-cdk-lib/aws-apigateway";
import * as apigateway from "aws-cdk-lib/aws-apigatewayv2";
import { HttpLambdaIntegration } from "aws-cdk-lib/aws-apigatewayv2-integrations";
import * as lambda from "aws-cdk-lib/aws-lambda";
import * as logs from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { Trigger } from "#infra/doors.ts";
import { acknowledge } from "#infra/stack/acknowledge.ts";
import type { Door } from "#infra/stack/door.ts";

type HttpTrigger = Extract<Trigger, { kind: "http" }>;

/** How requests reach doors. */
export class Web extends Construct {
  serve(door: Door, { answers, host }: HttpTrigger): void {
    const url = answers === "streamed" ? streamedUrl(door) : this.#httpApi(door, host);
    new CfnOutput(this, `${host}-url`, { description: door.shape.about, value: url });
  }

  /** Answers up to 6 MB, whole. */
  #httpApi(door: Door, host: string): string {
    const api = new apigateway.HttpApi(this, host, {
      defaultIntegration: new HttpLambdaIntegration("door", door.handler),
      createDefaultStage: false,
    });
    acknowledge(api, "APIG4", "Public pages: anybody may read them, and the door behind reads nothing else.");
    new apigateway.HttpStage(this, `${host}-stage`, {
      httpApi: api,
      stageName: "$default",
      autoDeploy: true,
      accessLogSettings: {
        destination: new apigateway.LogGroupLogDestination(this.#accessLog(host)),
        format: withoutVisitor,
      },
    });
    return api.apiEndpoint;
  }

  #accessLog(host: string): logs.LogGroup {
    return new logs.LogGroup(this, `${host}-log`, {
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

/**
 * Answers of any size, as they are made. Lambda asks for no signature: the door itself checks the bearer token of every
 * request, which stands in the header that a signature would need.
 */
function streamedUrl(door: Door): string {
  const { url } = new lambda.FunctionUrl(door, "Url", {
    function: door.handler,
    authType: lambda.FunctionUrlAuthType.NONE,
    invokeMode: lambda.InvokeMode.RESPONSE_STREAM,
  });
  return url;
}
