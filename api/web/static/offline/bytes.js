"use strict";

// Bytes and their spellings. Every reader throws `Refused` where the spelling is not the one form.

/** What was shown is not of its form; never leaves `verifyOffline`. */
class Refused extends Error {}

const Bytes = (() => {
  const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
  const BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

  const require = (isSo, why) => {
    if (!isSo) throw new Refused(why);
  };

  const utf8 = (text) => new TextEncoder().encode(text);

  /** Read UTF-8; a byte order mark is a character like others. */
  const text = (bytes) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Refused("this is not UTF-8");
    }
  };

  const concat = (...parts) => {
    const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  };

  const equal = (left, right) =>
    left.length === right.length && left.every((byte, at) => byte === right[at]);

  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

  const base64 = (bytes) => {
    let binary = "";
    for (let at = 0; at < bytes.length; at += 0x8000) {
      binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    }
    return btoa(binary);
  };

  /** Read standard base64 with padding in its canonical spelling (RFC 4648, section 4). */
  const fromBase64 = (spelled) => {
    let binary;
    try {
      binary = atob(spelled);
    } catch {
      throw new Refused("this is not base64");
    }
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    require(base64(bytes) === spelled, "base64 here has no spare bits");
    return bytes;
  };

  const base64url = (bytes) =>
    base64(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

  /** Read base64url without padding (RFC 4648, section 5). */
  const fromBase64url = (spelled) => {
    require(/^[\w-]*$/.test(spelled), "this is not base64url");
    const standard = spelled.replaceAll("-", "+").replaceAll("_", "/");
    return fromBase64(standard + "=".repeat(-standard.length & 3));
  };

  const fromBase58 = (spelled) => {
    require(spelled.length <= 100, "a key or signature is shorter");
    let number = 0n;
    for (const symbol of spelled) {
      const digit = BASE58.indexOf(symbol);
      require(digit >= 0, "this is not base58");
      number = number * 58n + BigInt(digit);
    }
    const bytes = [];
    for (; number > 0n; number >>= 8n) bytes.unshift(Number(number & 0xffn));
    const zeros = spelled.length - spelled.replace(/^1+/, "").length;
    return new Uint8Array([...Array(zeros).fill(0), ...bytes]);
  };

  /** Read base45 (RFC 9285); each group has one spelling. */
  const fromBase45 = (spelled) => {
    const digits = Array.from(spelled, (symbol) => BASE45.indexOf(symbol));
    require(!digits.includes(-1) && digits.length % 3 !== 1, "this is not base45");
    const bytes = [];
    for (let at = 0; at < digits.length; at += 3) {
      const [low, middle, high] = digits.slice(at, at + 3);
      const value = low + 45 * middle + 2025 * (high ?? 0);
      require(value < (high === undefined ? 0x100 : 0x10000), "this is not base45");
      bytes.push(...(high === undefined ? [value] : [value >> 8, value & 0xff]));
    }
    return new Uint8Array(bytes);
  };

  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

  return {
    require, utf8, text, concat, equal, hex, base64, fromBase64, base64url, fromBase64url,
    fromBase58, fromBase45, sha256,
  };
})();
