"use strict";

// The page: speaks one language, keeps the folder of trust, takes what is pasted, chosen or dropped,
// and shows the report.

(() => {
  const HTML_LANGUAGES = { zh: "zh-CN", en: "en" };
  const at = (id) => document.getElementById(id);
  const isServed = location.protocol.startsWith("http");
  const state = {
    trust: null, asOf: "", refusal: null, report: null, now: "", isSupported: true, letters: "normal",
  };

  const showTrust = () => {
    const { trust, asOf, refusal } = state;
    at("trust-error").replaceChildren(refusal === null ? "" : Show.words().refusals[refusal]);
    at("trust-error").hidden = refusal === null;
    at("trust-none").hidden = trust !== null;
    at("trust").hidden = trust === null;
    if (trust === null) return;
    at("trust-time").textContent = Times.civil(asOf);
    at("trust-issuer").textContent = trust.issuer;
  };

  const showReport = () => {
    const { report, now } = state;
    at("answer").replaceChildren(...(report === null ? [] : Show.report(report, now)));
  };

  const refuse = (why) => {
    state.refusal = why;
    showTrust();
  };

  /** Take a folder of texts for trust, and keep it. */
  const take = async (folder) => {
    state.trust = await Trust.read(folder);
    state.asOf = folder.as_of.trim();
    try {
      Trust.keep(folder);
    } catch {
      // A browser that keeps nothing still verifies, until the page is closed.
    }
    refuse(null);
  };

  const takeOr = async (why, give) => {
    try {
      await take(await give());
    } catch {
      refuse(why);
    }
  };

  const verify = async () => {
    if (state.trust === null) {
      refuse("none");
      at("trust-error").scrollIntoView();
      return;
    }
    const now = Times.now();
    state.report = await Verify.offline(at("text").value, state.trust, now);
    state.now = Times.write(now);
    showReport();
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

  const enlarge = (letters) => {
    state.letters = letters;
    document.documentElement.classList.toggle("large", letters === "large");
    at("letters").value = letters === "large" ? "normal" : "large";
    for (const one of at("letters").children) one.hidden = one.dataset.letters !== letters;
    Preferences.keep("letters", letters);
  };

  /** Say in a language all that the page says; what was typed and answered stays. */
  const speak = (language) => {
    const typed = at("text")?.value ?? "";
    const lang = HTML_LANGUAGES[language];
    const spoken = document.querySelector(`template[lang="${lang}"]`);
    document.documentElement.lang = lang;
    document.title = spoken.dataset.title;
    for (const one of document.querySelectorAll("body > :not(template)")) one.remove();
    document.body.prepend(spoken.content.cloneNode(true));
    Preferences.keep("language", language);
    fill(typed);
    enlarge(state.letters);
    listen();
  };

  const fill = (typed) => {
    at("text").value = typed;
    at("unsupported").hidden = state.isSupported;
    at("refresh").hidden = !isServed;
    at("online").hidden = !isServed;
    showTrust();
    showReport();
  };

  const listen = () => {
    at("language").addEventListener("click", ({ currentTarget }) => {
      speak(currentTarget.value);
      at("language").focus();
    });
    at("letters").addEventListener("click", ({ currentTarget }) => enlarge(currentTarget.value));
    at("refresh").addEventListener("click", () => takeOr("fetch", Trust.fetched));
    at("folder").addEventListener("change", ({ target }) => takeFiles([...target.files]));
    at("file").addEventListener("change", ({ target }) => takeFiles([...target.files]));
    at("form").addEventListener("submit", (event) => {
      event.preventDefault();
      verify();
    });
  };

  const begin = async () => {
    state.letters = Preferences.letters();
    speak(Preferences.language());
    if (location.search) history.replaceState(null, "", location.pathname + location.hash);
    state.isSupported = await Keys.areSupported();
    at("unsupported").hidden = state.isSupported;
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
    if (state.trust !== null) await verify();
  };

  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", async (event) => {
    event.preventDefault();
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry());
    const dropped = await Promise.all(entries.filter(Boolean).map(filesIn));
    if (dropped.flat().length) await takeFiles(dropped.flat());
  });
  begin();
})();
