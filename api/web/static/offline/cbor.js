"use strict";

// CBOR in its deterministic form (RFC 8949, section 4.2.1) and nothing else: definite lengths, the
// shortest numbers, map keys in order and once. Of its types: integers, bytes, text, arrays, maps,
// null, and one tag.

const CBOR = (() => {
  const DEPTH_MAX = 8;
  const UNSIGNED = 0, NEGATIVE = 1, BYTES = 2, TEXT = 3, ARRAY = 4, MAP = 5, TAG = 6, SIMPLE = 7;
  const NULL = 22;

  /** Read a whole document; maps are `Map`, tags `{tag, value}`. */
  const decode = (bytes) => {
    const reader = { bytes, at: 0 };
    const value = item(reader, 0);
    Bytes.require(reader.at === bytes.length, "something follows the CBOR");
    return value;
  };

  const item = (reader, depth) => {
    Bytes.require(depth <= DEPTH_MAX, "the CBOR is too deep");
    const [major, argument] = head(reader);
    switch (major) {
      case UNSIGNED: return argument;
      case NEGATIVE: return -1 - argument;
      case BYTES: return take(reader, argument).slice();
      case TEXT: return Bytes.text(take(reader, argument));
      case ARRAY: return array(reader, argument, depth);
      case MAP: return map(reader, argument, depth);
      case TAG: return { tag: argument, value: item(reader, depth + 1) };
    }
    Bytes.require(major === SIMPLE && argument === NULL, "the CBOR has another type");
    return null;
  };

  /** Read the first byte of an item and its argument, which is written as short as it can be. */
  const head = (reader) => {
    const [first] = take(reader, 1);
    const major = first >> 5;
    const short = first & 0x1f;
    if (short < 24) return [major, short];
    Bytes.require(short < 28 && major !== SIMPLE, "the CBOR is not deterministic");
    const length = 1 << (short - 24);
    const argument = take(reader, length).reduce((sum, byte) => sum * 256 + byte, 0);
    const least = length === 1 ? 24 : 256 ** (length / 2);
    Bytes.require(argument >= least, "a number is not in its shortest form");
    Bytes.require(Number.isSafeInteger(argument), "a number is too large");
    return [major, argument];
  };

  const take = (reader, length) => {
    Bytes.require(length <= reader.bytes.length - reader.at, "the CBOR is cut short");
    reader.at += length;
    return reader.bytes.subarray(reader.at - length, reader.at);
  };

  const array = (reader, length, depth) => {
    const items = [];
    for (let count = 0; count < length; count += 1) items.push(item(reader, depth + 1));
    return items;
  };

  const map = (reader, length, depth) => {
    const members = new Map();
    let before = new Uint8Array();
    for (let count = 0; count < length; count += 1) {
      const start = reader.at;
      const key = item(reader, depth + 1);
      const spelled = reader.bytes.subarray(start, reader.at);
      Bytes.require(count === 0 || precedes(before, spelled), "the keys of a map are in order");
      before = spelled;
      members.set(key, item(reader, depth + 1));
    }
    return members;
  };

  const precedes = (left, right) => {
    for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
      if (left[at] !== right[at]) return left[at] < right[at];
    }
    return left.length < right.length;
  };

  /** Write the head of a byte string, and the string. */
  const byteString = (bytes) => {
    const length = bytes.length;
    if (length < 24) return Bytes.concat([0x40 | length], bytes);
    if (length < 0x100) return Bytes.concat([0x58, length], bytes);
    if (length < 0x10000) return Bytes.concat([0x59, length >> 8, length & 0xff], bytes);
    const spelled = [24, 16, 8, 0].map((shift) => (length >> shift) & 0xff);
    return Bytes.concat([0x5a, ...spelled], bytes);
  };

  return { decode, byteString };
})();
