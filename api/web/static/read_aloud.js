"use strict";

// Reads the page aloud by the browser's own speech, sentence by sentence, and marks what is being read.
// Only voices of the device itself are used: others send what stands on the page to another computer.

(() => {
  const PATIENCE_MILLISECONDS = 1_500;  // Voices are told of late, or never.
  const SPELLED_LETTERS_MAX = 40;       // A hash is for machines.
  const PREFERRED = { zh: "zh-cn", en: "en-gb" };
  const BARRED = "script, style, template, input, select, textarea, video, [aria-hidden=true], .aloud, .back, "
    + "details:not([open]) > :not(summary)";
  const SPELLED = "code, .code, .big-number";
  const page = document.documentElement.lang;
  const pause = page.startsWith("zh") ? "，" : ", ";
  const bar = document.getElementById("aloud");
  const main = document.getElementById("main");
  const speech = window.speechSynthesis;

  const primary = (language) => language.replace("_", "-").split("-")[0].toLowerCase();

  /** Give the device's voice for a language, nearest first; undefined without one. */
  const voiceOf = (language) => {
    const wanted = primary(language);
    const own = speech.getVoices().filter((one) => one.localService && primary(one.lang) === wanted);
    return own.find((one) => one.lang.replace("_", "-").toLowerCase() === PREFERRED[wanted]) ?? own[0];
  };

  // What is read, in order.

  const isShown = (one) => !one.matches(BARRED)
    && (one.checkVisibility ? one.checkVisibility() : one.getClientRects().length > 0);
  const isInline = (one) => /^(inline|contents)/.test(getComputedStyle(one).display);
  const languageOf = (one) => one.closest("[lang]").lang;

  /** Give the words of a text node: a number sign by sign, no address, no hash. */
  const wordsOf = (node) => {
    const words = node.data.replace(/\s+/g, " ");
    if (!node.parentElement.closest(SPELLED)) return words.replace(/https?:\S+/g, "");
    const signs = [...words.replace(/\s/g, "")];
    return signs.length > SPELLED_LETTERS_MAX ? "" : ` ${signs.join(" ")} `;
  };

  /** Give the words in a node with the language of each, those of pictures too. */
  const runsOf = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      return [{ words: wordsOf(node), language: languageOf(node.parentElement) }];
    }
    if (node.nodeType !== Node.ELEMENT_NODE || !isShown(node)) return [];
    const told = node.getAttribute("alt") ?? (node.matches("svg") ? node.getAttribute("aria-label") ?? "" : null);
    if (told !== null) return [{ words: told, language: languageOf(node) }];
    return [...node.childNodes].flatMap(runsOf);
  };

  /** Give words behind their name; no name without words. */
  const labelled = (label, runs) => {
    if (!runs.some((run) => run.words.trim())) return [];
    return label ? [{ words: label + pause, language: page }, ...runs] : runs;
  };

  /** Give one piece for a row: each cell behind the name of its column. */
  const ofRow = (row) => {
    const names = row.closest("table").tHead?.rows[0]?.cells ?? [];
    const cells = [...row.cells].flatMap((cell) => {
      const label = cell.dataset.label ?? names[cell.cellIndex]?.textContent.trim();
      return [...labelled(label, runsOf(cell)), { words: pause, language: page }];
    });
    return [{ marked: [row], runs: cells }];
  };

  /** Give one piece for each fact of a list: its name and what stands beside it. */
  const ofFacts = (list) => {
    const found = [];
    let names = [];
    for (const one of list.querySelectorAll("dt, dd")) {
      if (one.matches("dt")) { names = [one]; continue; }
      const label = names.map((name) => name.textContent.trim()).join("");
      found.push({ marked: [...names, one], runs: labelled(label, runsOf(one)) });
      names = [];
    }
    return found;
  };

  /** Give the pieces of an element: blocks apart, and the words that stand between them. */
  const piecesOf = (one) => {
    if (one.matches("thead")) return [];
    if (one.matches("tr")) return ofRow(one);
    if (one.matches("dl")) return ofFacts(one);
    const found = [];
    let loose = [];
    const close = () => { found.push({ marked: [one], runs: loose }); loose = []; };
    for (const child of one.childNodes) {
      const isElement = child.nodeType === Node.ELEMENT_NODE;
      if (!isElement || isInline(child) || child.matches("svg, img")) loose.push(...runsOf(child));
      else if (isShown(child)) { close(); found.push(...piecesOf(child)); }
    }
    close();
    return found;
  };

  /** Give a piece as sentences of one language each. */
  const sentencesOf = ({ marked, runs }) => {
    const joined = [];
    for (const { words, language } of runs) {
      const last = joined.at(-1);
      if (last && (last.language === language || !words.trim())) last.words += words;
      else joined.push({ words, language });
    }
    return joined.flatMap(({ words, language }) => words
      .replace(/[。！？；]|[.!?;](?=\s)/g, "$&\n").split("\n")
      .map((sentence) => sentence.trim())
      .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence))
      .map((sentence) => ({ words: sentence, language, marked })));
  };

  // Reading, stopping and going on.

  let sentences = [];
  let at = 0;
  let said = null;

  /** Show what can be pressed now, and leave the keyboard where it was pressed. */
  const show = (state) => {
    const held = bar.contains(document.activeElement);
    for (const one of bar.children) one.hidden = !one.dataset.when.split(" ").includes(state);
    bar.classList.toggle("reading", state === "reading");
    document.documentElement.classList.toggle("read-aloud", state === "reading");
    if (held) bar.querySelector("button:not([hidden])").focus({ preventScroll: true });
  };

  const mark = (marked) => {
    for (const one of main.querySelectorAll(".being-read")) one.classList.remove("being-read");
    for (const one of marked) one.classList.add("being-read");
    marked[0]?.scrollIntoView({ block: "nearest" });
  };

  const stop = (state) => {
    said = null;
    speech.cancel();
    if (state !== "stopped") mark([]);
    show(state);
  };

  const read = () => {
    if (at >= sentences.length) { stop("idle"); return; }
    const { words, language, marked } = sentences[at];
    mark(marked);
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.lang = language;
    utterance.voice = voiceOf(language) ?? voiceOf(page);
    utterance.onend = () => { if (said === utterance) { at += 1; read(); } };
    utterance.onerror = () => { if (said === utterance) stop("failed"); };
    said = utterance;  // Kept, for a browser may forget one that nobody holds, and never end it.
    speech.speak(utterance);
  };

  const begin = () => {
    speech.cancel();
    sentences = piecesOf(main).flatMap(sentencesOf);
    at = 0;
    show("reading");
    read();
  };

  const acts = {
    begin,
    stop: () => stop("stopped"),
    continue: () => { show("reading"); read(); },
  };

  const offer = () => {
    const can = Boolean(speech) && voiceOf(page) !== undefined;
    if (can && bar.hidden) show("idle");
    bar.hidden = !can;
    return can;
  };

  /** Say what to do, where the page has words for it. */
  const despair = () => {
    const told = document.getElementById("no-voice");
    if (told) told.hidden = offer();
  };

  for (const button of bar.querySelectorAll("button")) {
    button.addEventListener("click", acts[button.dataset.act]);
  }
  if (speech) {
    speech.onvoiceschanged = () => { if (offer()) despair(); };
    addEventListener("pagehide", () => { if (said) stop("stopped"); });
  }
  if (!offer()) setTimeout(despair, PATIENCE_MILLISECONDS);
})();
