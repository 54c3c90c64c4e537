import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import * as s3 from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import type { BucketName } from "#infra/rights.ts";
import { acknowledge } from "#infra/stack/acknowledge.ts";
import { tableShape } from "#infra/table-shape.ts";
import { backupDays } from "#shared/erasure/backup.ts";

const asText = (name: string): dynamodb.Attribute => ({ name, type: dynamodb.AttributeType.STRING });

/** What is kept: the table and the buckets. None of it goes when the stack does. */
export class Data extends Construct {
  readonly table: dynamodb.TableV2;
  readonly buckets: Readonly<Record<BucketName, s3.Bucket>>;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    // Lets S3 deliver access logs by the bucket's policy; without it CDK asks for an access control list.
    this.node.setContext("@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy", true);
    this.table = this.#table();
    // CDK's declarations of the two are the same but for an `undefined`.
    const accessLogs = this.#accessLogs() as s3.IBucket;
    this.buckets = {
      raw: this.#raw(accessLogs),
      sealed: this.#sealed(accessLogs),
      ledger: this.#ledger(accessLogs),
      releases: this.#releases(accessLogs),
      exports: this.#exports(accessLogs),
    };
  }

  #table(): dynamodb.TableV2 {
    return new dynamodb.TableV2(this, "Table", {
      partitionKey: asText(tableShape.partition),
      sortKey: asText(tableShape.sort),
      globalSecondaryIndexes: tableShape.indexes.map(({ name, partition, sort, projection }) => ({
        indexName: name,
        partitionKey: asText(partition),
        sortKey: asText(sort),
        projectionType: dynamodb.ProjectionType[projection],
      })),
      billing: dynamodb.Billing.onDemand(),
      // A customer's own key would have to be open to every door that reads or writes an item.
      encryption: dynamodb.TableEncryptionV2.dynamoOwnedKey(),
      dynamoStream: dynamodb.StreamViewType[tableShape.stream],
      timeToLiveAttribute: tableShape.expiry,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true, recoveryPeriodInDays: backupDays },
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** Mail as SES stored it, in clear until it is sealed. No versions: what is sealed and deleted must be gone. */
  #raw(serverAccessLogsBucket: s3.IBucket): s3.Bucket {
    return new s3.Bucket(this, "Raw", {
      ...locked,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: "raw/",
      lifecycleRules: [{ expiration: Duration.days(14), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
  }

  /** Ciphertext under each tenant's prefix. */
  #sealed(serverAccessLogsBucket: s3.IBucket): s3.Bucket {
    return new s3.Bucket(this, "Sealed", {
      ...locked,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: "sealed/",
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(backupDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }

  /** Tiles and entries of the logs. A name is written once, or again with the same bytes; versions show where it was not. */
  #ledger(serverAccessLogsBucket: s3.IBucket): s3.Bucket {
    return new s3.Bucket(this, "Ledger", {
      ...locked,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: "ledger/",
      versioned: true,
    });
  }

  /** What releases hold, in clear: it is made to be shown. What is withdrawn can be brought back as long as the table can. */
  #releases(serverAccessLogsBucket: s3.IBucket): s3.Bucket {
    return new s3.Bucket(this, "Releases", {
      ...locked,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: "releases/",
      versioned: true,
      lifecycleRules: [
        {
          noncurrentVersionExpiration: Duration.days(backupDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
  }

  /** What tenants take out, encrypted to them. No versions: after a day it is gone. */
  #exports(serverAccessLogsBucket: s3.IBucket): s3.Bucket {
    return new s3.Bucket(this, "Exports", {
      ...locked,
      serverAccessLogsBucket,
      serverAccessLogsPrefix: "exports/",
      lifecycleRules: [{ expiration: Duration.days(1), abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    });
  }

  #accessLogs(): s3.Bucket {
    const bucket = new s3.Bucket(this, "AccessLogs", {
      ...locked,
      lifecycleRules: [{ expiration: Duration.days(90) }],
    });
    acknowledge(bucket, "S1", "Holds the access logs of the other buckets; S3 can't log a bucket into itself.");
    return bucket;
  }
}

/** S3's own key: a customer-managed one would need `kms:Decrypt` for who only writes, and for who takes mail in. */
const locked = {
  encryption: s3.BucketEncryption.S3_MANAGED,
  blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
  objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.RETAIN,
} as const satisfies s3.BucketProps;
