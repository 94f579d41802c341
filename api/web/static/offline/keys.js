"use strict";

// Public keys, and signatures by WebCrypto: Ed25519 (RFC 8032) and P-256 with SHA-256 (ES256).

const Keys = (() => {
  const ED25519 = "Ed25519";
  const P256 = "P-256";
  const SIGNATURE_BYTES = 64;
  const KID_BYTES = 8;

  /** Say whether this browser verifies Ed25519; older ones and unsafe addresses do not. */
  const areSupported = async () => {
    try {
      await imported({ suite: ED25519, public: new Uint8Array(32).fill(1, 0, 1) });
      return true;
    } catch {
      return false;
    }
  };

  /** Give a key with its name, the first 8 bytes of the SHA-256 of its public part. */
  const make = async (suite, bytes) => ({
    suite,
    public: bytes,
    kid: Bytes.hex((await Bytes.sha256(bytes)).subarray(0, KID_BYTES)),
  });

  const imported = (key) => {
    const algorithm = key.suite === P256 ? { name: "ECDSA", namedCurve: P256 } : { name: ED25519 };
    return crypto.subtle.importKey("raw", key.public, algorithm, false, ["verify"]);
  };

  /** Say whether this is a signature of `data` by this key. */
  const verifies = async (key, signature, data) => {
    if (signature.length !== SIGNATURE_BYTES) return false;
    const algorithm = key.suite === P256 ? { name: "ECDSA", hash: "SHA-256" } : { name: ED25519 };
    try {
      return await crypto.subtle.verify(algorithm, await imported(key), signature, data);
    } catch {
      return false;
    }
  };

  return { ED25519, P256, SIGNATURE_BYTES, areSupported, make, verifies };
})();
