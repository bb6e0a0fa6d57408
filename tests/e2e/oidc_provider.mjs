// A certified OpenID Connect provider with one client and whoever signs in; prints `ready` when it listens.
import { Provider } from "../../web_widget/node_modules/oidc-provider/lib/index.js";

const [, , port, redirectUri] = process.argv;
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "chatserver", client_secret: "shared with the provider", redirect_uris: [redirectUri], grant_types: ["authorization_code"], response_types: ["code"] }],
  claims: { openid: ["sub"], email: ["email", "email_verified"] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: `employee of ${id}`, email: id.replace("unverified+", ""), email_verified: !id.startsWith("unverified+") }),
  }),
  cookies: { keys: ["a key that signs nothing of value"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
