// A service written with openid-client, which the OpenID Foundation has certified. It reads one JSON order a line and answers by one.
import { createInterface } from "node:readline";
import * as client from "openid-client";

const { issuer, id, secret, back, after, skew } = JSON.parse(process.argv[2]);
const known = { client_secret: secret, [client.clockSkew]: skew };
const config = await client.discovery(new URL(issuer), id, known, client.ClientSecretPost(secret), {
  execute: [client.allowInsecureRequests], // the test's own server speaks without TLS
});
let asked = {};
let tokens = null;

const orders = {
  async ask({ more }) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    asked = { pkceCodeVerifier, expectedState: client.randomState(), expectedNonce: client.randomNonce(), idTokenExpected: true, maxAge: 3600 };
    return client.buildAuthorizationUrl(config, {
      redirect_uri: back,
      scope: "openid profile ent",
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      state: asked.expectedState,
      nonce: asked.expectedNonce,
      max_age: "3600",
      ...more,
    }).href;
  },
  async take({ came }) {
    tokens = await client.authorizationCodeGrant(config, new URL(came), asked);
    return tokens.claims();
  },
  async read() {
    return client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  },
  async renew() {
    const former = tokens.claims().sub;
    tokens = await client.refreshTokenGrant(config, tokens.refresh_token);
    return { same: tokens.claims().sub === former };
  },
  async leave() {
    return client.buildEndSessionUrl(config, { id_token_hint: tokens.id_token, post_logout_redirect_uri: after, state: "fin" }).href;
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const order = JSON.parse(line);
  let said;
  try {
    said = { ok: await orders[order.do](order) };
  } catch (error) {
    said = { refused: error.code ?? error.name, error: error.error ?? "" };
  }
  console.log(JSON.stringify(said));
}
