import { SESClient, SendRawEmailCommand } from "@aws-sdk/client-ses";
import { type Connection, clientOptions } from "#shared/aws/connection.ts";
import { type Mailer, MailRefused, MailThrottled } from "#shared/outbox/mailer.ts";

const throttling = ["Throttling", "ThrottlingException", "TooManyRequestsException", "ServiceUnavailable"];
const refusals = ["MessageRejected", "MailFromDomainNotVerifiedException", "InvalidParameterValue"];

/**
 * Mail over SES's first API. The client never repeats a request by itself: SES has no idempotency, so what may have been
 * sent is settled by the outbox and not by a retry.
 */
export function connectMailer(connection: Connection & { readonly configurationSet: string }): Mailer {
  const client = new SESClient({ ...clientOptions(connection), maxAttempts: 1 });
  return {
    async send({ from, to, raw, tags }) {
      try {
        const { MessageId } = await client.send(
          new SendRawEmailCommand({
            Source: from,
            Destinations: [...to],
            RawMessage: { Data: raw },
            ConfigurationSetName: connection.configurationSet,
            Tags: Object.entries(tags).map(([Name, Value]) => ({ Name, Value })),
          }),
        );
        if (MessageId === undefined) throw new Error("SES answered without a message id.");
        return MessageId;
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        if (throttling.includes(error.name)) throw new MailThrottled(error.name, { cause: error });
        if (refusals.includes(error.name)) throw new MailRefused(error.name, { cause: error });
        throw error;
      }
    },
  };
}
