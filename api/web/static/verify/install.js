"use strict";

// After one visit the page works without a network: a worker keeps the offline page, and keys and
// status lists are fetched anew when those that are kept are older than an hour.

(() => {
  const SCOPES = ["/verify", "/static/offline/"];
  const FRESH_MILLISECONDS = 3_600_000;
  const at = (id) => document.getElementById(id);

  const ageOf = (folder) => (folder === null ? Infinity : Date.now() - Date.parse(folder.as_of));

  /** Give the folder of trust that is kept, fetched anew where it is old and there is a network. */
  const folder = async () => {
    const kept = Trust.kept();
    if (ageOf(kept) < FRESH_MILLISECONDS) return kept;
    try {
      const fetched = await Trust.fetched();
      Trust.keep(fetched);
      return fetched;
    } catch (error) {
      if (kept === null) throw error;
      return kept;
    }
  };

  /** Let the page that needs no network speak as this one does. */
  const keepPreferences = ({ lang, classList }) => {
    Preferences.keep("language", lang.slice(0, 2));
    Preferences.keep("letters", classList.contains("large") ? "large" : "normal");
  };

  /** Wait until the worker of one scope answers; `ready` speaks of that of this page alone. */
  const workerOf = async (scope) => {
    const { active, installing, waiting } = await navigator.serviceWorker.register("/worker.js", { scope });
    if (active) return;
    const coming = installing ?? waiting;
    await new Promise((resolve, reject) => {
      coming.addEventListener("statechange", () => {
        if (coming.state === "activated") resolve();
        if (coming.state === "redundant") reject(new Error(`no worker for ${scope}`));
      });
    });
  };

  const install = async () => {
    keepPreferences(document.documentElement);
    const [{ as_of: asOf }] = await Promise.all([folder(), ...SCOPES.map(workerOf)]);
    at("kept-time").textContent = Times.civil(asOf.trim());
    at("kept").hidden = false;
  };

  // Without storage or workers, as in a private window, the page verifies online as before; who
  // saves data is not given files that she did not ask for.
  const isSaving = navigator.connection?.saveData === true;
  if ("serviceWorker" in navigator && !isSaving) install().catch(() => {});
})();
