// A program with Microsoft's own library that keeps its cache in a file, as those programs do where there is no secret store.
// client.mjs <what it is told, JSON>: {authority, clientId, cache, scopes, code?, redirectUri?, refresh?}; prints JSON.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PublicClientApplication } from '@azure/msal-node';

const told = JSON.parse(process.argv[2]);
const tenant = new URL(told.authority);
const application = new PublicClientApplication({
  auth: {
    clientId: told.clientId,
    authority: told.authority,
    knownAuthorities: [tenant.host],
    authorityMetadata: JSON.stringify({
      authorization_endpoint: `${told.authority}/oauth2/v2.0/authorize`,
      token_endpoint: `${told.authority}/oauth2/v2.0/token`,
      issuer: `${told.authority}/v2.0`,
      jwks_uri: `${told.authority}/discovery/v2.0/keys`,
    }),
  },
  cache: {
    cachePlugin: {
      beforeCacheAccess: async (context) => {
        if (existsSync(told.cache)) {
          context.tokenCache.deserialize(readFileSync(told.cache, 'utf8'));
        }
      },
      afterCacheAccess: async (context) => {
        if (context.cacheHasChanged) {
          writeFileSync(told.cache, context.tokenCache.serialize(), { mode: 0o600 });
        }
      },
    },
  },
});

const result = told.code
  ? await application.acquireTokenByCode({ code: told.code, redirectUri: told.redirectUri, scopes: told.scopes })
  : await application.acquireTokenSilent({
      account: (await application.getTokenCache().getAllAccounts())[0],
      scopes: told.scopes,
      forceRefresh: told.refresh ?? false,
    });
console.log(JSON.stringify({
  token: result.accessToken,
  fromCache: result.fromCache,
  homeAccountId: result.account.homeAccountId,
  username: result.account.username,
}));
