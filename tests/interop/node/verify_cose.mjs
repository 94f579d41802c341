// Verifies COSE_Sign1 documents (hex, one a line on stdin) with the first key of a JWKS file.
import { readFileSync } from "node:fs";
import { coseVerify } from "cose-kit";
import { importJWK } from "jose";

const jwks = JSON.parse(readFileSync(process.argv[2], "utf8"));
const key = await importJWK(jwks.keys[0], "EdDSA");
for (const line of readFileSync(0, "utf8").trim().split("\n")) {
  try {
    const { isValid } = await coseVerify(Buffer.from(line, "hex"), key);
    console.log(isValid ? "accepted" : "refused");
  } catch {
    console.log("refused");
  }
}
