import { Duration, RemovalPolicy } from "aws-cdk-lib";
import * as cognito from "aws-cdk-lib/aws-cognito";
import { Construct } from "constructs";
import { acknowledge } from "#infra/stack/acknowledge.ts";

export interface IdentityProps {
  readonly deploymentName: string;
  readonly account: string;
  readonly domain: string;
}

/** Who the staff are: the OpenID provider whose access tokens the API takes. */
export class Identity extends Construct {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** What a client names as `resource` (RFC 8707) to get tokens for the API; Cognito wants it to be a URL. */
  readonly audience: string;
  /** Cognito's name of the claim with somebody's groups, in access tokens too. */
  readonly groupsClaim = "cognito:groups";

  constructor(scope: Construct, id: string, { deploymentName, account, domain }: IdentityProps) {
    super(scope, id);
    this.audience = `https://api.${domain}`;
    const pool = this.#pool();
    pool.addResourceServer("Api", { identifier: this.audience, userPoolResourceServerName: "api" });
    pool.addDomain("Login", {
      // One name space for all of AWS.
      cognitoDomain: { domainPrefix: `${deploymentName}-${account}` },
      managedLoginVersion: cognito.ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    const client = pool.addClient("Console", clientOf(domain));
    new cognito.CfnManagedLoginBranding(this, "Look", {
      userPoolId: pool.userPoolId,
      clientId: client.userPoolClientId,
      useCognitoProvidedValues: true,
    });
    pool.addGroup("Platform", {
      groupName: "platform",
      description: "Operators of the service: they create and suspend tenants, and see nothing that is in them.",
    });
    this.issuer = pool.userPoolProviderUrl;
    this.jwksUrl = `${this.issuer}/.well-known/jwks.json`;
  }

  #pool(): cognito.UserPool {
    const pool = new cognito.UserPool(this, "Staff", {
      featurePlan: cognito.FeaturePlan.ESSENTIALS,
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      signInCaseSensitive: false,
      mfa: cognito.Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      deletionProtection: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(
      pool,
      "COG8",
      "Threat protection (the Plus plan) watches addresses and devices of staff. Every account here is made by hand and has a second factor.",
    );
    return pool;
  }
}

/**
 * A public client: authorization code, with PKCE. A token got in another way has no audience and opens nothing. A refresh token is
 * used once and brings the next; the seconds of grace are for an answer that got lost.
 */
function clientOf(domain: string): cognito.UserPoolClientOptions {
  return {
    generateSecret: false,
    // Named, because those that are meant otherwise include one that takes a refresh token without replacing it.
    authFlows: { userSrp: true },
    preventUserExistenceErrors: true,
    enableTokenRevocation: true,
    accessTokenValidity: Duration.hours(1),
    idTokenValidity: Duration.hours(1),
    refreshTokenValidity: Duration.hours(8),
    refreshTokenRotationGracePeriod: Duration.seconds(5),
    supportedIdentityProviders: [cognito.UserPoolClientIdentityProvider.COGNITO],
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [cognito.OAuthScope.OPENID],
      callbackUrls: [`https://console.${domain}/signed-in`],
      logoutUrls: [`https://console.${domain}/`],
    },
  };
}
