"use strict";

// In which language the page speaks and with which letters: as the page says that led here, as was
// chosen here before, or else as the browser asks.

const Preferences = (() => {
  const NAMES = { language: "creditbank-language", letters: "creditbank-letters" };
  const CHOICES = { language: ["zh", "en"], letters: ["normal", "large"] };

  const kept = (what) => {
    try {
      return localStorage.getItem(NAMES[what]);
    } catch {
      return null;
    }
  };

  const keep = (what, value) => {
    try {
      localStorage.setItem(NAMES[what], value);
    } catch {
      // A browser that keeps nothing is asked again the next time.
    }
  };

  const chosen = (what, otherwise) => {
    const asked = new URLSearchParams(location.search).get(what);
    return [asked, kept(what)].find((one) => CHOICES[what].includes(one)) ?? otherwise;
  };

  const language = () => chosen("language", navigator.language.startsWith("zh") ? "zh" : "en");
  const letters = () => chosen("letters", "normal");

  return { keep, language, letters };
})();
