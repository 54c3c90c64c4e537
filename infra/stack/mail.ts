import { CfnOutput, RemovalPolicy, Stack } from "aws-cdk-lib";
import * as iam from "aws-cdk-lib/aws-iam";
import type * as s3 from "aws-cdk-lib/aws-s3";
import * as ses from "aws-cdk-lib/aws-ses";
import * as sns from "aws-cdk-lib/aws-sns";
import { SqsSubscription } from "aws-cdk-lib/aws-sns-subscriptions";
import { Construct } from "constructs";
import { constructId } from "#infra/stack/each-of.ts";
import type { Queues } from "#infra/stack/queues.ts";

export interface MailProps {
  readonly deploymentName: string;
  readonly domain: string;
  readonly raw: s3.Bucket;
  readonly queues: Queues;
}

/** Where SES stores mail in the raw bucket. */
const inboundPrefix = "inbound/";
const ruleName = "inbound";

/** Mail in, by SES, S3, SNS and SQS; mail out, and what SES says about it. */
export class Mail extends Construct {
  readonly identity: ses.EmailIdentity;
  readonly configurationSet: ses.ConfigurationSet;
  readonly configurationSetArn: string;
  readonly #props: MailProps;

  constructor(scope: Construct, id: string, props: MailProps) {
    super(scope, id);
    this.#props = props;
    this.configurationSetArn = this.#sesArn(`configuration-set/${props.deploymentName}`);
    this.identity = new ses.EmailIdentity(this, "Domain", { identity: ses.Identity.domain(props.domain) });
    this.identity.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.configurationSet = this.#sending();
    this.#receiving();
  }

  #receiving(): void {
    const { deploymentName, domain, raw } = this.#props;
    const source = this.#sesArn(`receipt-rule-set/${deploymentName}:receipt-rule/${ruleName}`);
    const topic = this.#topicInto("inbound");
    topic.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [sesItself],
        actions: ["sns:Publish"],
        resources: [topic.topicArn],
        conditions: this.#onlyFrom(source),
      }),
    );
    raw.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [sesItself],
        actions: ["s3:PutObject"],
        resources: [raw.arnForObjects(`${inboundPrefix}*`)],
        conditions: this.#onlyFrom(source),
      }),
    );
    const ruleSet = new ses.ReceiptRuleSet(this, "Rules", { receiptRuleSetName: deploymentName });
    const s3Action = { bucketName: raw.bucketName, objectKeyPrefix: inboundPrefix, topicArn: topic.topicArn };
    const rule = new ses.ReceiptRule(this, "Rule", {
      ruleSet,
      receiptRuleName: ruleName,
      // One rule for all tenants, whose mail lives on subdomains: SES allows 200 rules.
      recipients: [domain, `.${domain}`],
      // CDK's own S3 action would let every rule of the account write into the bucket.
      actions: [{ bind: () => ({ s3Action }) }],
      scanEnabled: true,
      // Reports come from where they come from: a sender without TLS must not be turned away.
      tlsPolicy: ses.TlsPolicy.OPTIONAL,
    });
    // SES tries both when the rule is made.
    rule.node.addDependency(topic, ...(raw.policy ? [raw.policy] : []));
    new CfnOutput(this, "ReceiveMail", {
      description: "Run once: CloudFormation can't make a receipt rule set the active one.",
      value: `aws ses set-active-receipt-rule-set --rule-set-name ${deploymentName}`,
    });
  }

  #sending(): ses.ConfigurationSet {
    const configurationSetName = this.#props.deploymentName;
    const topic = this.#topicInto("feedback");
    const set = new ses.ConfigurationSet(this, "Sending", {
      configurationSetName,
      reputationMetrics: true,
      suppressionReasons: ses.SuppressionReasons.BOUNCES_AND_COMPLAINTS,
    });
    // Lets this set, and nothing else, publish to the topic.
    const events = set.addEventDestination("Feedback", {
      destination: ses.EventDestination.snsTopic(topic),
      // Neither opens nor clicks: SES would put its own links and images into the mail.
      events: [
        ses.EmailSendingEvent.SEND,
        ses.EmailSendingEvent.DELIVERY,
        ses.EmailSendingEvent.DELIVERY_DELAY,
        ses.EmailSendingEvent.BOUNCE,
        ses.EmailSendingEvent.COMPLAINT,
        ses.EmailSendingEvent.REJECT,
        ses.EmailSendingEvent.RENDERING_FAILURE,
      ],
    });
    events.node.addDependency(topic);
    return set;
  }

  /**
   * A topic into the queue of the same name, bodies as published. It is not encrypted at rest: SES can't publish to a topic
   * under AWS's own key, and SNS keeps a message only until it is delivered.
   */
  #topicInto(name: "inbound" | "feedback"): sns.Topic {
    const topic = new sns.Topic(this, constructId(name), { enforceSSL: true });
    const { queues, dead } = this.#props.queues;
    topic.addSubscription(new SqsSubscription(queues[name], { rawMessageDelivery: true, deadLetterQueue: dead[name] }));
    return topic;
  }

  #sesArn(resource: string): string {
    return Stack.of(this).formatArn({ service: "ses", resource });
  }

  #onlyFrom(source: string) {
    return { StringEquals: { "aws:SourceAccount": Stack.of(this).account, "aws:SourceArn": source } };
  }
}

const sesItself = new iam.ServicePrincipal("ses.amazonaws.com");
