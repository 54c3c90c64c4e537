import { errors, type LoginContext, type Provider } from "oidc-provider";
import { audience, clientId, type LoginStart, scope, tokenSeconds } from "./login.ts";
import { groupsOf, isSubject } from "./login-account.ts";

const day = 86_400;

/** As long as a working day; Cognito's client has the same. */
const refreshSeconds = 8 * 3600;

/**
 * oidc-provider's settings: code flow with PKCE for one public client, access tokens as JWT for the API alone. A refresh token is
 * used once: it brings the next one, and one that comes back ends everything that grew from the same login.
 */
export function loginConfiguration({ key, redirectUris }: LoginStart): object {
  return {
    clients: [
      {
        client_id: clientId,
        token_endpoint_auth_method: "none",
        redirect_uris: [...redirectUris],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [key.jwk] },
    cookies: { keys: [key.cookieSecret] },
    scopes: ["openid"],
    pkce: { required: () => true },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo(_context: unknown, resource: string) {
          if (resource !== audience) throw new errors.InvalidTarget();
          return {
            scope,
            audience,
            accessTokenFormat: "jwt",
            accessTokenTTL: tokenSeconds,
            jwt: { sign: { alg: "ES256" } },
          };
        },
      },
    },
    findAccount: (_context: unknown, subject: string) =>
      isSubject(subject) ? { accountId: subject, claims: () => ({ sub: subject }) } : undefined,
    extraTokenClaims: (_context: unknown, token: { readonly accountId?: string }) => groupsOf(token.accountId ?? ""),
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    clientBasedCORS: (_context: unknown, origin: string) => redirectUris.some((uri) => new URL(uri).origin === origin),
    loadExistingGrant: grantEverything,
    ttl: {
      ...{ Session: day, Grant: day, Interaction: 3600, RefreshToken: refreshSeconds },
      ...{ AuthorizationCode: 60, IdToken: tokenSeconds, AccessToken: tokenSeconds },
    },
  };
}

/** The one client is our own: nobody is asked for consent. */
async function grantEverything(context: LoginContext & { readonly oidc: { readonly provider: Provider } }) {
  const { client, session, provider } = context.oidc;
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
  grant.addOIDCScope("openid");
  grant.addResourceScope(audience, scope);
  await grant.save();
  return grant;
}
