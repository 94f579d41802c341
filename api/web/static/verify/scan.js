"use strict";

// Reads a QR code from the camera and posts its text, as if it had been typed. Pictures stay on the
// device. zxing-wasm reads; where it does not run, jsQR is loaded instead.

(() => {
  const FRAME_PIXELS_MAX = 1280;
  const PAUSE_MILLISECONDS = 120;
  const UNCLEAR_AFTER_MILLISECONDS = 6_000;
  const VENDOR = "/static/vendor/";
  const at = (id) => document.getElementById(id);
  const camera = at("camera");
  const canvas = document.createElement("canvas");
  const canvasContext = canvas.getContext("2d", { willReadFrequently: true });

  /** Show one of the sentences of the page. */
  const tell = (name) => {
    for (const one of at("told").children) one.hidden = one.dataset.told !== name;
  };

  const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

  const load = (source) => new Promise((done, fail) => {
    document.head.append(Object.assign(document.createElement("script"),
      { src: source, onload: done, onerror: fail }));
  });

  /** Give a reader by WebAssembly: an image's texts, each once. */
  const byWebAssembly = async () => {
    await ZXingWASM.prepareZXingModule({
      overrides: { locateFile: (name) => VENDOR + name },
      fireImmediately: true,
    });
    const options = { formats: ["QRCode"], maxNumberOfSymbols: 4 };
    return async (image) => {
      const found = await ZXingWASM.readBarcodes(image, options);
      return [...new Set(found.filter((one) => one.isValid).map((one) => one.text))];
    };
  };

  /** Give a reader in plain JavaScript, which finds one code at most. */
  const byScript = async () => {
    await load(`${VENDOR}jsQR.js`);
    return async (image) => {
      const found = jsQR(image.data, image.width, image.height);
      return found ? [found.data] : [];
    };
  };

  const reader = () => byWebAssembly().catch(byScript);

  const frame = () => {
    const scale = Math.min(1, FRAME_PIXELS_MAX / Math.max(camera.videoWidth, camera.videoHeight));
    canvas.width = Math.round(camera.videoWidth * scale);
    canvas.height = Math.round(camera.videoHeight * scale);
    canvasContext.drawImage(camera, 0, 0, canvas.width, canvas.height);
    return canvasContext.getImageData(0, 0, canvas.width, canvas.height);
  };

  const stop = () => {
    for (const track of camera.srcObject?.getTracks() ?? []) track.stop();
  };

  /** Look at frames until one shows one code alone; gives its text. */
  const look = async (textsIn) => {
    const begun = performance.now();
    for (;;) {
      const texts = camera.videoWidth ? await textsIn(frame()) : [];
      if (texts.length === 1 && texts[0]) return texts[0];
      const isLong = performance.now() - begun > UNCLEAR_AFTER_MILLISECONDS;
      tell(texts.length > 1 ? "several" : isLong ? "unclear" : "looking");
      await pause(PAUSE_MILLISECONDS);
    }
  };

  const open = async () => {
    const wanted = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
    camera.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
    at("scanner").hidden = false;
    await camera.play();
  };

  const begin = async () => {
    tell("starting");
    try {
      const [textsIn] = await Promise.all([reader(), open()]);
      at("code").value = await look(textsIn);
    } catch (error) {
      tell(error.name === "NotAllowedError" ? "refused" : "none");
      return;
    }
    tell("found");
    stop();
    at("read").submit();
  };

  addEventListener("pagehide", stop);
  // Whoever comes back by the browser's button wants to scan again.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  begin();
})();
