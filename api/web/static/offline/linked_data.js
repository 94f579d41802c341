"use strict";

// JSON-LD 1.1 documents as canonical RDF (RDFC-1.0), by pinned contexts alone; the bounds and what is
// refused are those of `certificates/linked_data.py`. Processor: vendor/jsonld.min.js.

const LinkedData = (() => {
  const DEPTH_MAX = 32;
  const ITEMS_MAX = 256;
  const VALUES_MAX = 6_000;
  const SYMMETRY_MAX = 6;
  /** What relative identifiers are resolved by, so that they are known again (RFC 6761). */
  const BASE = "https://relative.invalid/";
  const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S*$/;

  /** Give the canonical N-Quads of a document. */
  const canonical = async (document) => {
    requireBounded(document);
    requirePinned(document);
    try {
      const expanded = await expand(document);
      const dataset = await jsonld.toRDF(expanded, { skipExpansion: true, documentLoader: load });
      requireLittleSymmetry(dataset);
      return await jsonld.canonize(expanded, {
        skipExpansion: true,
        safe: false,
        documentLoader: load,
        canonizeOptions: {
          algorithm: "RDFC-1.0", format: "application/n-quads", maxWorkFactor: Infinity,
        },
      });
    } catch {
      throw new Refused("this is not JSON-LD under the pinned contexts");
    }
  };

  /** Expand a document; an undefined term or type, or a relative identifier, is refused. */
  const expand = async (document) => {
    let dropped = null;
    const expanded = await jsonld.expand(document, {
      base: BASE,
      documentLoader: load,
      processingMode: "json-ld-1.1",
      eventHandler: {
        "invalid property": ({ event }) => {
          dropped = event.details.property;
        },
      },
    });
    Bytes.require(dropped === null, `the term ${dropped} is not defined by the contexts`);
    for (const name of identifiers(expanded)) {
      const isAbsolute = ABSOLUTE.test(name) && !name.startsWith(BASE);
      Bytes.require(isAbsolute, `${name} is neither an absolute identifier nor a defined type`);
    }
    return expanded;
  };

  /** Give every node identifier and type of an expanded document. */
  function* identifiers(node) {
    if (Array.isArray(node)) for (const one of node) yield* identifiers(one);
    if (!JSONText.isObject(node)) return;
    for (const [name, value] of Object.entries(node)) {
      const isName = name === "@id" || name === "@type";
      if (isName && !("@value" in node)) yield* [value].flat();
      else if (name !== "@value") yield* identifiers(value);
    }
  }

  /** Refuse graphs with many blank nodes of one look that hang on other blank nodes. */
  const requireLittleSymmetry = (dataset) => {
    const looks = new Map();
    const entangled = new Set();
    for (const quad of dataset) {
      const terms = [quad.subject, quad.predicate, quad.object, quad.graph];
      const blank = new Set(
        terms.filter((term) => term.termType === "BlankNode").map((term) => term.value),
      );
      if (blank.size > 1) blank.forEach((name) => entangled.add(name));
      for (const name of blank) {
        looks.set(name, [...(looks.get(name) ?? []), look(terms, name)]);
      }
    }
    const alike = new Map();
    for (const name of entangled) {
      const all = looks.get(name).sort().join("");
      alike.set(all, (alike.get(all) ?? 0) + 1);
    }
    const isLittle = Math.max(0, ...alike.values()) <= SYMMETRY_MAX;
    Bytes.require(isLittle, "too many nodes without identifier look alike");
  };

  /** Write a statement as the node sees it: itself, other nodes without identifier, the rest. */
  const look = (terms, name) => terms.map((term) => {
    if (term.termType === "BlankNode") return term.value === name ? "_:itself" : "_:other";
    return `${JSON.stringify(term)}\n`;
  }).join("");

  const requireBounded = (document) => {
    const left = [[document, 0]];
    let seen = 0;
    while (left.length) {
      const [node, depth] = left.pop();
      const items = Object.values(node);
      seen += items.length;
      const isBounded = depth <= DEPTH_MAX && items.length <= ITEMS_MAX && seen <= VALUES_MAX;
      Bytes.require(isBounded, "a document is not that deep, wide or long");
      for (const one of items) {
        if (one !== null && typeof one === "object") left.push([one, depth + 1]);
      }
    }
  };

  /** Refuse contexts written inline, which could give any term another meaning. */
  const requirePinned = (node) => {
    if (JSONText.isObject(node)) {
      const names = [node["@context"] ?? []].flat();
      const arePinned = names.every((one) => typeof one === "string" && CONTEXTS.has(one));
      Bytes.require(arePinned, "a context is not one of the pinned ones");
    }
    if (node !== null && typeof node === "object") Object.values(node).forEach(requirePinned);
  };

  /** Give a pinned context; nothing is ever fetched. */
  const load = async (url) => {
    Bytes.require(CONTEXTS.has(url), `the context ${url} is not pinned`);
    return { contextUrl: null, documentUrl: url, document: CONTEXTS.get(url) };
  };

  return { canonical };
})();
