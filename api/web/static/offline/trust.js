"use strict";

// The folder of trust: what `creditbank keys export` writes, read from dropped files or fetched from
// the bank's public files, and kept in the browser with its date.

const Trust = (() => {
  const STORED_AS = "creditbank-trust";
  const FETCHED = { did: "/.well-known/did.json", vkey: "/ledger/vkey", lists: "/status" };
  const LIST_FILE = /^[a-z-]+-\d+\.json$/;

  /** Read a folder `{as_of, did, vkey, lists}` of texts; lists that are not signed are refused. */
  const read = async ({ as_of: asOf, did, vkey, lists }) => {
    const document = JSONText.read(did);
    const presenting = await DID.methodsOf(document, "authentication");
    const assertionKeys = await DID.methodsOf(document, "assertionMethod");
    const found = [];
    const names = [document.id, ...DID.otherNamesIn(document)];
    const keyOf = (issuer, method) => {
      const isOwn = names.includes(issuer) && method.startsWith(`${issuer}#`);
      return isOwn ? assertionKeys.get(document.id + method.slice(issuer.length)) : undefined;
    };
    for (const text of lists) found.push(await StatusLists.read(text, names, keyOf));
    return {
      asOf: Times.read(asOf.trim()),
      issuer: document.id,
      names,
      passKeys: new Map(
        [...presenting.values()]
          .filter((key) => key.suite === Keys.ED25519).map((key) => [key.kid, key]),
      ),
      keyOf,
      logKeys: vkey.split(/\s+/).filter(Boolean),
      lists: new Map(found.map((list) => [list.name, list])),
    };
  };

  /** Give the folder that is in these files, null where they are none. */
  const inFiles = async (files) => {
    const named = new Map(files.map((file) => [file.name, file]));
    if (!["did.json", "vkey", "as_of"].every((name) => named.has(name))) return null;
    const lists = files.filter((file) => LIST_FILE.test(file.name));
    const [did, vkey, asOf, ...texts] = await Promise.all(
      [...["did.json", "vkey", "as_of"].map((name) => named.get(name)), ...lists]
        .map((file) => file.text()),
    );
    return { as_of: asOf, did, vkey, lists: texts };
  };

  /** Fetch the folder from the bank that serves this page. */
  const fetched = async () => {
    const [did, vkey, names] = await Promise.all(Object.values(FETCHED).map(textAt));
    const { lists } = JSON.parse(names);
    return {
      as_of: Times.write(Times.now() / 1_000_000n * 1_000_000n),
      did,
      vkey,
      lists: await Promise.all(lists.map((name) => textAt(`${FETCHED.lists}/${name}`))),
    };
  };

  const textAt = async (path) => {
    const answer = await fetch(path, { cache: "no-cache", credentials: "omit" });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.text();
  };

  const keep = (folder) => localStorage.setItem(STORED_AS, JSON.stringify(folder));

  /** Give the folder that was kept, null where there is none. */
  const kept = () => JSON.parse(localStorage.getItem(STORED_AS));

  return { read, inFiles, fetched, keep, kept };
})();
