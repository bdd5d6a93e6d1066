// A certified OpenID provider that we did not write, laid out as Microsoft Entra is: its paths, scopes that end in /.default,
// a tenant in the id token. What it is strict about stays strict: a jti counts once, a refresh token that comes twice ends them all.
// Arguments: folder with server.key, server.pem (TLS) and client.pem (whose key signs client assertions); port 0 is printed.
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import Provider from 'oidc-provider';

const [folder, secret] = process.argv.slice(2);
const read = (name) => readFileSync(join(folder, name));
const tenant = 'tenant.example';
const person = 'invented-person';
const certificateKey = createPublicKey(new X509Certificate(read('client.pem')).publicKey.export({ type: 'spki', format: 'pem' }))
  .export({ format: 'jwk' });
const signing = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });

const resourceOf = (scope) => (scope ?? '').split(' ').find((each) => each.endsWith('/.default'))?.slice(0, -'/.default'.length);

const machine = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
const people = { token_endpoint_auth_method: 'none', application_type: 'native' };

const configuration = {
  clients: [
    { client_id: 'with-secret', client_secret: secret, token_endpoint_auth_method: 'client_secret_post', ...machine },
    {
      client_id: 'with-certificate', token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_signing_alg: 'PS256',
      jwks: { keys: [certificateKey] }, ...machine,
    },
    {
      client_id: 'device', grant_types: ['urn:ietf:params:oauth:grant-type:device_code', 'refresh_token'], redirect_uris: [],
      response_types: [], ...people,
    },
    {
      client_id: 'browser', grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://127.0.0.1/'],
      response_types: ['code'], ...people,
    },
  ],
  routes: {
    token: `/${tenant}/oauth2/v2.0/token`,
    authorization: `/${tenant}/oauth2/v2.0/authorize`,
    device_authorization: `/${tenant}/oauth2/v2.0/devicecode`,
  },
  features: {
    clientCredentials: { enabled: true },
    deviceFlow: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx, client, oneOf) => oneOf ?? resourceOf(ctx.oidc.params.scope),
      useGrantedResource: () => true,
      getResourceServerInfo: (ctx, resource) => ({ scope: `${resource}/.default`, audience: resource, accessTokenTTL: 3600 }),
    },
  },
  claims: { openid: ['sub'], profile: ['preferred_username', 'tid'] },
  conformIdTokenClaims: false,
  cookies: { keys: ['invented'] },
  findAccount: (ctx, id) => ({
    accountId: id,
    claims: () => ({ sub: id, preferred_username: 'person@example.com', tid: tenant }),
  }),
  interactions: { url: (ctx, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [{ ...signing, alg: 'RS256', use: 'sig', kid: 'invented' }] },
  rotateRefreshToken: true,
};

let provider;
let handle;

async function granted(clientId, scope) {
  const grant = new provider.Grant({ accountId: person, clientId });
  grant.addOIDCScope('openid profile offline_access');
  const resource = resourceOf(scope);
  grant.addResourceScope(resource, `${resource}/.default`);
  return grant.save();
}

/** The person at the authorize page signs in and consents at once. */
async function signIn(req, res) {
  const { params } = await provider.interactionDetails(req, res);
  const grantId = await granted(params.client_id, params.scope);
  await provider.interactionFinished(req, res, { login: { accountId: person }, consent: { grantId } });
}

/** The person who was shown a user code enters it, and says yes or no. */
async function enter(url, res) {
  const code = await provider.DeviceCode.findByUserCode(url.searchParams.get('code').replaceAll('-', ''));
  const decision = url.pathname === '/test/approve'
    ? { accountId: person, grantId: await granted(code.clientId, code.params.scope), scope: code.params.scope,
      resource: resourceOf(code.params.scope), authTime: Math.floor(Date.now() / 1000) }
    : { error: 'access_denied', errorDescription: 'the person declined' };
  Object.assign(code, decision);
  await code.save();
  res.end('entered');
}

const server = createServer({ key: read('server.key'), cert: read('server.pem') }, (req, res) => {
  const url = new URL(req.url, 'https://localhost');
  const own = url.pathname.startsWith('/interaction/') ? signIn(req, res)
    : url.pathname.startsWith('/test/') ? enter(url, res) : undefined;
  own ? own.catch((error) => res.writeHead(500).end(String(error.stack))) : handle(req, res);
});
server.listen(0, '127.0.0.1', () => {
  provider = new Provider(`https://localhost:${server.address().port}`, configuration);
  provider.on('server_error', (ctx, error) => console.error(error));
  handle = provider.callback();
  console.log(`listening ${server.address().port}`);
});
process.stdin.on('end', () => process.exit(0)).resume(); // the test that started this is gone
