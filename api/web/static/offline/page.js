"use strict";

// The page: keeps the folder of trust, takes what is pasted, chosen or dropped, and shows the report.

(() => {
  const at = (id) => document.getElementById(id);
  const WORDS_OF_REFUSAL = {
    folder: ["这不是导出的文件夹，或其中的名单未经签发方签名。",
      "That is not the exported folder, or a list in it is not signed by its issuer."],
    fetch: ["无法取得公钥与名单，请检查网络。", "The keys and lists could not be fetched. Check the network."],
    none: ["请先更新公钥与名单，或选择导出的文件夹。",
      "First refresh the keys and lists, or choose the exported folder."],
  };
  let trust = null;

  const refuse = (why) => {
    at("trust-error").replaceChildren(...(why === null ? [] : Show.both(...WORDS_OF_REFUSAL[why])));
    at("trust-error").hidden = why === null;
  };

  /** Take a folder of texts for trust, and keep it. */
  const take = async (folder) => {
    trust = await Trust.read(folder);
    try {
      Trust.keep(folder);
    } catch {
      // A browser that keeps nothing still verifies, until the page is closed.
    }
    refuse(null);
    at("trust-none").hidden = true;
    at("trust").hidden = false;
    at("trust-time").textContent = Show.civil(folder.as_of.trim());
    at("trust-issuer").textContent = trust.issuer;
  };

  const takeOr = async (why, give) => {
    try {
      await take(await give());
    } catch {
      refuse(why);
    }
  };

  const verify = async () => {
    if (trust === null) {
      refuse("none");
      at("trust-error").scrollIntoView();
      return;
    }
    const now = Times.now();
    const report = await Verify.offline(at("text").value, trust, now);
    at("answer").replaceChildren(...Show.report(report, Times.write(now)));
    at("answer").querySelector("h2").focus();
  };

  const takeFiles = async (files) => {
    const folder = await Trust.inFiles(files);
    if (folder !== null) {
      await takeOr("folder", () => folder);
    } else if (files.length === 1) {
      at("text").value = await files[0].text();
      await verify();
    } else {
      refuse("folder");
    }
  };

  /** Give every file below what was dropped. */
  const filesIn = async (entry) => {
    if (entry.isFile) return [await new Promise((give, fail) => entry.file(give, fail))];
    const reader = entry.createReader();
    const entries = [];
    for (;;) {
      const some = await new Promise((give, fail) => reader.readEntries(give, fail));
      if (!some.length) break;
      entries.push(...some);
    }
    return (await Promise.all(entries.map(filesIn))).flat();
  };

  const begin = async () => {
    at("unsupported").hidden = await Keys.areSupported();
    at("refresh").hidden = !location.protocol.startsWith("http");
    const kept = Trust.kept();
    if (kept !== null) await takeOr("folder", () => kept);
    await takeHanded();
  };

  /** Take what was typed online when the network was gone; it stands behind the `#`. */
  const takeHanded = async () => {
    const handed = decodeURIComponent(location.hash.slice(1));
    if (!handed) return;
    history.replaceState(null, "", location.pathname);
    at("text").value = handed;
    if (trust !== null) await verify();
  };

  at("refresh").addEventListener("click", () => takeOr("fetch", Trust.fetched));
  at("folder").addEventListener("change", ({ target }) => takeFiles([...target.files]));
  at("file").addEventListener("change", ({ target }) => takeFiles([...target.files]));
  at("form").addEventListener("submit", (event) => {
    event.preventDefault();
    verify();
  });
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
    const dropped = await Promise.all(entries.filter(Boolean).map(filesIn));
    if (dropped.flat().length) await takeFiles(dropped.flat());
  });
  begin();
})();
