"use strict";

// A button that prints; without a script the menu of the browser does.

const button = document.getElementById("print");
button.hidden = false;
button.addEventListener("click", () => print());
