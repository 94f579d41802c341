"use strict";

// JSON as the bank reads it, and its canonical form (RFC 8785).

const JSONText = (() => {
  /** Read JSON; text that is no Unicode, and integers that are not exact, are refused. */
  const read = (text) => {
    let value;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Refused("this is not JSON");
    }
    requireExact(value);
    return value;
  };

  const requireExact = (value) => {
    if (typeof value === "string") Bytes.require(isWellFormed(value), "text is Unicode");
    if (typeof value === "number") {
      const isExact = !Number.isInteger(value) || Number.isSafeInteger(value) || value >= 1e21;
      Bytes.require(Number.isFinite(value) && isExact, "an integer is exact");
    }
    if (value === null || typeof value !== "object") return;
    Object.keys(value).forEach(requireExact);
    Object.values(value).forEach(requireExact);
  };

  const isWellFormed = (text) => !/\p{Surrogate}/u.test(text);

  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  /** Write canonical JSON: names in the order of their UTF-16 units, numbers as ECMAScript does. */
  const canonical = (value) => {
    if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
    if (!isObject(value)) return JSON.stringify(value);
    const members = Object.keys(value).sort();
    return `{${members.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(",")}}`;
  };

  return { read, isObject, canonical };
})();
