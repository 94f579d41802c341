"use strict";

// Checks the proof of one's own record on this device, by the scripts of the offline page and the
// public key of the log alone.

(() => {
  const box = document.getElementById("check");
  const answer = (name) => {
    for (const one of box.querySelectorAll("[data-answer]")) one.hidden = one.dataset.answer !== name;
  };

  const check = async () => {
    const fetched = await fetch("/ledger/vkey", { cache: "no-cache", credentials: "omit" });
    if (!fetched.ok) throw new Error(`the key: ${fetched.status}`);
    const logKeys = (await fetched.text()).split(/\s+/).filter(Boolean);
    const report = await Verify.offline(box.dataset.proof, { logKeys }, Times.now());
    const ledger = report.checks.find((one) => one.name === "ledger");
    answer(ledger.result === "passed" ? "passed" : "failed");
  };

  box.hidden = false;
  box.querySelector("button").addEventListener("click", () => check().catch(() => answer("unreached")));
})();
