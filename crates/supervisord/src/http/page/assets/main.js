// Brings a page to life. Without this everything works by links, forms and reloading.

import { forgetMessage } from "./actions.js";

document.documentElement.classList.add("scripted");
forgetMessage();

if (document.querySelector("#processes")) {
  const { begin } = await import("./table.js");
  begin();
}
if (document.querySelector(".process-heading, form.clear, form.apply")) {
  const { begin } = await import("./process.js");
  begin();
}
for (const view of document.querySelectorAll(".log-view[data-stream]")) {
  const { LogView } = await import("./log.js");
  new LogView(view).begin();
}
