// The table of processes: kept up to date, folded, filtered, searched, selected.

import { act, confirmed, say } from "./actions.js";
import { bytes, percent, restartClock, tick } from "./amounts.js";
import { Chart, Histories } from "./chart.js";
import { fetchPage, listen, replacePart, soon } from "./live.js";

const QUESTIONS = {
  stopall: ["Stop all processes?", "Stop All"],
  restartall: ["Restart all processes?", "Restart All"],
};
/** How many values the small charts have. */
const ROW_LENGTH = 24;
/** From so many processes on, a stop or restart is asked about. */
const MANY = 5;

let form, body;
const rows = new Map();
const groups = new Map();
const histories = new Histories();
const charts = new WeakMap();
const onScreen = new Set();
const wanted = { state: "all", search: "" };
const observer = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting) {
      onScreen.add(target);
      showUsage(target);
    } else {
      onScreen.delete(target);
    }
  }
});

export function begin() {
  form = document.querySelector("#processes");
  body = form.querySelector("tbody");
  form.addEventListener("click", follow);
  form.addEventListener("change", select);
  form.addEventListener("submit", send);
  beginFilters();
  if (body) {
    for (const row of body.rows) adopt(row);
    addGroups();
    addSelectAll();
    filter();
    countSelected();
  }
  listen("", { history: histories.begin.bind(histories), keys: inTurn(keys), rows: inTurn(news), usage });
  setInterval(() => {
    if (document.visibilityState === "visible") onScreen.forEach((row) => tick(row, row.cells[1].firstElementChild));
  }, 1000);
}

/** What comes while an earlier message is worked on waits for its turn: else the older would go over the newer. */
let turn = Promise.resolve();
function inTurn(work) {
  return (message) => {
    turn = turn.then(() => work(message)).catch(() => {
      // The server has gone meanwhile; when it is back it tells everything anew.
    });
  };
}

// ---- rows ----

/** The group is what stands before the colon, or has the name of its only process. */
function groupOf(row) {
  return row.dataset.name.split(":")[0];
}

function adopt(row) {
  rows.set(row.dataset.name, row);
  row.dataset.group = groupOf(row);
  // A click on a name leads to all about the process, here; without scripts it opens the log.
  const link = row.querySelector("td.name a");
  link.href = link.href.replace("tail.html", "process.html");
  link.removeAttribute("target");
  adoptLinks(row);
  tick(row, row.cells[1].firstElementChild);
  observer.observe(row);
}

/** The raw logs are for those without scripts. */
function adoptLinks(row) {
  const name = encodeURIComponent(row.dataset.name);
  for (const link of row.querySelectorAll('td.action a[name^="Tail"]')) {
    link.href = `tail.html?processname=${name}&channel=${link.name.endsWith("err") ? "stderr" : "stdout"}`;
    link.removeAttribute("target");
  }
}

/** Has a row show what another version of it shows, and leaves alone what people do with it. */
function update(row, other) {
  const focused = row.contains(document.activeElement) ? document.activeElement : null;
  for (const name of ["key", "state", "pid", "uptime"]) {
    if (other.dataset[name] === undefined) delete row.dataset[name];
    else row.dataset[name] = other.dataset[name];
  }
  for (const name of ["status", "desc", "action", "restarts"]) {
    row.querySelector(`td.${name}`).replaceChildren(...other.querySelector(`td.${name}`).childNodes);
  }
  adoptLinks(row);
  restartClock(row);
  if (focused && !focused.isConnected) {
    const again = row.querySelector(`td.action a[name="${focused.name}"]`) ?? row.querySelector("td.action a:not(.hidden)");
    again?.focus();
  }
  row.classList.remove("changed");
  void row.offsetWidth;
  row.classList.add("changed");
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.firstElementChild;
}

/** What has changed since the last time. */
function news({ rows: changed, gone }) {
  // There was no table yet.
  if (!body) return location.reload();
  for (const name of gone) remove(name);
  for (const html of changed) {
    const other = parsed(html);
    const row = rows.get(other.dataset.name);
    if (row) update(row, other);
    else insert(other);
  }
  recount();
  filter();
  countSelected();
  refreshTimeline();
}

function insert(row) {
  const place = (row) => [groupOf(row), row.dataset.name];
  const isBefore = (a, b) => (a[0] === b[0] ? a[1] < b[1] : a[0] < b[0]);
  const next = [...rows.values()].find((other) => isBefore(place(row), place(other)));
  adopt(row);
  if (next) next.before(row);
  else body.append(row);
  addGroups();
}

function remove(name) {
  const row = rows.get(name);
  if (!row) return;
  observer.unobserve(row);
  onScreen.delete(row);
  row.remove();
  rows.delete(name);
  histories.forget(name);
  addGroups();
}

/** How every process is, when the server begins to tell: what was missed is fetched. */
async function keys(all) {
  const names = Object.keys(all);
  const isSame = names.length === rows.size && names.every((name) => rows.get(name)?.dataset.key === all[name]);
  if (isSame) return;
  const page = await fetchPage("index.html");
  const gone = [...rows.keys()].filter((name) => !(name in all));
  const changed = [...page.querySelectorAll("tbody tr")].filter((row) => rows.get(row.dataset.name)?.dataset.key !== row.dataset.key);
  news({ gone, rows: changed.map((row) => row.outerHTML) });
}

const refreshTimeline = soon(async () => {
  const part = document.querySelector('[data-part="timeline"]');
  const page = await fetchPage("timeline.html");
  const other = page.querySelector('[data-part="timeline"]');
  if (part && other) replacePart(part, other);
});

// ---- use of processor and memory ----

function usage(changed) {
  histories.add(changed);
  onScreen.forEach(showUsage);
}

function showUsage(row) {
  const history = histories.of(row.dataset.name);
  if (history.length === 0) return;
  if (!charts.has(row)) charts.set(row, { cpu: new Cell(row, "cpu"), memory: new Cell(row, "memory") });
  const isRunning = row.dataset.pid !== undefined;
  charts.get(row).cpu.show(history.map(([cpu]) => cpu), isRunning, percent, 5);
  charts.get(row).memory.show(history.map(([, memory]) => memory), isRunning, bytes, 1);
}

/** A curve and a number. */
class Cell {
  constructor(row, name) {
    const cell = row.querySelector(`td.${name}`);
    this.chart = new Chart(ROW_LENGTH);
    this.text = document.createElement("span");
    cell.replaceChildren(this.chart.element, this.text);
  }

  show(values, isRunning, words, least) {
    this.chart.draw(values, least);
    this.text.textContent = isRunning ? words(values.at(-1)) : "";
  }
}

// ---- groups ----

const FOLDED = "supervisor-folded-groups";

function folded() {
  try {
    return new Set(JSON.parse(localStorage.getItem(FOLDED)) ?? []);
  } catch {
    return new Set();
  }
}

function fold(name, isFolded) {
  const all = folded();
  if (isFolded) all.add(name);
  else all.delete(name);
  try {
    localStorage.setItem(FOLDED, JSON.stringify([...all]));
  } catch {
    // A browser that remembers nothing still folds.
  }
}

/** A line above each group that is more than one process of the same name. */
function addGroups() {
  const members = Map.groupBy(rows.values(), groupOf);
  for (const [name, group] of groups) {
    if (!members.has(name)) {
      group.row.remove();
      groups.delete(name);
    }
  }
  for (const [name, all] of members) {
    const isGroup = all.length > 1 || all[0].dataset.name !== name;
    if (!isGroup) continue;
    for (const row of all) {
      row.classList.add("member");
      // The line above has the group's name.
      const link = row.querySelector("td.name a");
      link.setAttribute("aria-label", row.dataset.name);
      link.textContent = row.dataset.name.slice(name.length + 1) || row.dataset.name;
    }
    const group = groups.get(name) ?? makeGroup(name);
    group.members = all;
    if (all[0].previousElementSibling !== group.row) all[0].before(group.row);
  }
}

function makeGroup(name) {
  const row = document.createElement("tr");
  row.className = "group";
  const head = document.createElement("th");
  head.scope = "rowgroup";
  head.colSpan = 7;
  const button = document.createElement("button");
  button.type = "button";
  button.setAttribute("aria-expanded", String(!folded().has(name)));
  const text = document.createElement("small");
  button.append(name, text);
  const box = form.querySelector(".selection") && document.createElement("input");
  if (box) {
    box.type = "checkbox";
    box.setAttribute("aria-label", `Select all of ${name}`);
    box.addEventListener("change", () => {
      for (const member of group.members.filter(isWanted)) boxOf(member).checked = box.checked;
      countSelected();
    });
    head.append(box);
  }
  head.append(button);
  row.append(head);
  const group = { row, button, text, box, members: [] };
  button.addEventListener("click", () => {
    const isOpen = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(isOpen));
    fold(name, !isOpen);
    filter();
  });
  groups.set(name, group);
  return group;
}

// ---- counts, filters, search ----

function beginFilters() {
  const search = document.querySelector(".search input[type=search]");
  const parameters = new URLSearchParams(location.search);
  wanted.state = parameters.get("state")?.toLowerCase() ?? "all";
  wanted.search = (parameters.get("search") ?? "").toLowerCase();
  search.addEventListener("input", () => choose(wanted.state, search.value));
  search.form.addEventListener("submit", (event) => event.preventDefault());
  document.querySelector(".filters").addEventListener("click", (event) => {
    const link = event.target.closest("a.filter");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    choose(link.dataset.state, search.value);
  });
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.matches("input:not([type=checkbox]), select, textarea");
    if (event.key === "/" && !isTyping) {
      event.preventDefault();
      search.focus();
    }
  });
}

function choose(state, search) {
  wanted.state = state;
  wanted.search = search.toLowerCase();
  const parameters = new URLSearchParams();
  if (state !== "all") parameters.set("state", state);
  if (search) parameters.set("search", search);
  history.replaceState(null, "", `index.html${parameters.size ? "?" : ""}${parameters}`);
  for (const link of document.querySelectorAll("a.filter")) {
    if (link.dataset.state === state) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  filter();
  countSelected();
}

function isWanted(row) {
  const hasState = wanted.state === "all" || row.dataset.state === wanted.state;
  return hasState && row.dataset.name.toLowerCase().includes(wanted.search);
}

function filter() {
  let shown = 0;
  for (const row of rows.values()) {
    const isHidden = !isWanted(row);
    shown += isHidden ? 0 : 1;
    if (row.hidden !== isHidden) row.hidden = isHidden;
  }
  for (const group of groups.values()) {
    const visible = group.members.filter((row) => !row.hidden);
    const isOpen = group.button.getAttribute("aria-expanded") === "true";
    group.row.hidden = visible.length === 0;
    if (!isOpen) visible.forEach((row) => (row.hidden = true));
    const troubled = group.members.filter((row) => ["fatal", "backoff", "unknown"].includes(row.dataset.state)).length;
    const running = group.members.filter((row) => row.dataset.state === "running").length;
    group.text.textContent = troubled ? `${troubled} in trouble, ${running} of ${group.members.length} running` : `${running} of ${group.members.length} running`;
    group.text.className = troubled ? "bad" : "";
  }
  const empty = form.querySelector(".empty");
  if (empty) empty.hidden = shown > 0;
}

function recount() {
  const counts = { all: rows.size };
  for (const row of rows.values()) counts[row.dataset.state] = (counts[row.dataset.state] ?? 0) + 1;
  for (const link of document.querySelectorAll("a.filter")) {
    const count = counts[link.dataset.state] ?? 0;
    link.querySelector("b").textContent = count;
    link.parentElement.hidden = count === 0 && link.dataset.state !== "all" && link.dataset.state !== wanted.state;
  }
}

// ---- selection and deeds ----

function boxOf(row) {
  return row.querySelector("input[name=selected]");
}

function boxes() {
  return [...rows.values()].map(boxOf).filter(Boolean);
}

/** A box for several others. */
function sumUp(box, others) {
  const count = others.filter((other) => other.checked).length;
  box.checked = count > 0 && count === others.length;
  box.indeterminate = count > 0 && count < others.length;
}

function addSelectAll() {
  const bar = form.querySelector(".selection");
  if (!bar) return;
  const label = document.createElement("label");
  label.className = "select-all";
  const box = document.createElement("input");
  box.type = "checkbox";
  label.append(box, "Select all shown");
  box.addEventListener("change", () => {
    for (const other of boxes()) {
      if (!other.closest("tr").hidden) other.checked = box.checked;
    }
    countSelected();
  });
  const item = document.createElement("li");
  item.append(label);
  form.querySelector("#buttons").append(item);
}

function select(event) {
  if (event.target.name === "selected") countSelected();
}

/** The bar is there while something is selected. */
function countSelected() {
  const bar = form.querySelector(".selection");
  if (!bar) return;
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  const unseen = chosen.filter((box) => !isWanted(box.closest("tr"))).length;
  bar.hidden = chosen.length === 0;
  bar.querySelector(".selected").textContent = `${chosen.length} selected${unseen ? ` (${unseen} not shown)` : ""}:`;
  sumUp(form.querySelector(".select-all input"), all);
  for (const { box, members } of groups.values()) sumUp(box, members.map(boxOf));
}

async function send(event) {
  event.preventDefault();
  const deed = event.submitter;
  const pairs = new FormData(form, deed);
  const count = pairs.getAll("selected").length;
  if (count === 0) return say("No process is selected", true);
  const isGrave = ["stop", "restart"].includes(deed.value) && count >= MANY;
  if (isGrave && !(await confirmed(`${deed.textContent} ${count} processes?`, deed.textContent))) return;
  if (await act(pairs, deed)) {
    boxes().forEach((box) => (box.checked = false));
    countSelected();
  }
}

/** Links that do something do it here. */
async function follow(event) {
  const link = event.target.closest("a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const pairs = new URL(link.href).searchParams;
  const action = pairs.get("action");
  if (!action) return;
  event.preventDefault();
  const question = QUESTIONS[action];
  if (question && !(await confirmed(...question))) return;
  if (action === "refresh") refreshTimeline();
  await act(pairs, link);
}
