// The pages of one process, and the small forms of other pages.

import { sendHere } from "./actions.js";
import { bytes, percent, tick } from "./amounts.js";
import { Chart, Histories } from "./chart.js";
import { fetchPage, listen, replaceParts, soon } from "./live.js";

export function begin() {
  const refresh = soon(async () => {
    const page = await fetchPage(location.href);
    replaceParts(page);
    // The form stays, with its signal; what can be pressed changes.
    for (const button of document.querySelectorAll("form.orders button")) {
      button.disabled = page.querySelector(`form.orders button[value="${button.value}"]`)?.disabled ?? true;
    }
  });
  for (const form of document.querySelectorAll("form.orders, form.clear")) sendHere(form, refresh);
  const apply = document.querySelector("form.apply");
  if (apply) sendHere(apply, async (done) => done && document.querySelector("#content").lastElementChild && showPlan());
  const heading = document.querySelector(".process-heading");
  if (!heading) return;
  const name = heading.dataset.process;
  const histories = new Histories();
  const cards = [...document.querySelectorAll(".card.usage")].map((card) => new UsageCard(card));
  const draw = () => cards.forEach((card) => card.draw(histories.of(name)));
  let isFirst = true;
  listen(new URLSearchParams({ processname: name }), {
    history: (all) => {
      histories.begin(all);
      draw();
    },
    usage: (news) => {
      histories.add(news);
      draw();
    },
    // What was missed meanwhile is not told, so the page is fetched, except when it has just come.
    keys: () => {
      if (!isFirst) refresh();
      isFirst = false;
    },
    rows: refresh,
  });
  setInterval(() => {
    const now = document.querySelector(".now");
    if (now && document.visibilityState === "visible") tick(now, now.querySelector(".description"));
  }, 1000);
}

/** After an update: the plan that is left, if any. */
async function showPlan() {
  const page = await fetchPage(location.href);
  const content = document.querySelector("#content");
  const messages = content.querySelector("#messages");
  const other = page.querySelector("#content");
  other.querySelector("#messages")?.remove();
  content.replaceChildren(messages, ...other.childNodes);
  const apply = content.querySelector("form.apply");
  if (apply) sendHere(apply, (done) => done && showPlan());
}

/** A value with its curve. */
class UsageCard {
  constructor(card) {
    this.isMemory = card.dataset.usage === "memory";
    this.value = card.querySelector(".value");
    this.chart = new Chart();
    card.append(this.chart.element);
  }

  draw(history) {
    const values = history.map(([cpu, memory]) => (this.isMemory ? memory : cpu));
    if (values.length === 0) return;
    const last = values.at(-1);
    const isThere = document.querySelector(".now").dataset.pid !== "0";
    const words = this.isMemory ? bytes(last) : percent(last);
    this.value.textContent = isThere ? words : "\u2013";
    this.chart.draw(values, this.isMemory ? 1 : 5);
  }
}
