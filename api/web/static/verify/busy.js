"use strict";

// While a form is sent: a line that says so, and its button is pressed once. The form works without.

for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    document.getElementById(form.dataset.busy).hidden = false;
    // Not before the browser has taken the form: what is disabled is not sent.
    setTimeout(() => { form.querySelector("button").disabled = true; });
  });
}
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-busy]")) {
    document.getElementById(form.dataset.busy).hidden = true;
    form.querySelector("button").disabled = false;
  }
});
