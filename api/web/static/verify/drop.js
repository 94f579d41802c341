"use strict";

// A file may be dropped anywhere on the page; without a script, on its field.

document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const field = document.getElementById("file");
  if (!event.dataTransfer.files.length) return;
  field.files = event.dataTransfer.files;
  field.focus();
});
