// A log that grows while one looks: follow, pause, search, wrap.

import { pieces, Style } from "./ansi.js";
import { showConnection } from "./live.js";

/** More lines than that are not kept; the oldest go. */
const LINES_MAX = 5000;
/** A line is cut where it is longer. */
const LINE_LENGTH_MAX = 20000;
/** A line of the main log that matters, and how bad it is. */
const GRAVE = /^\S+ \S+ (WARN|ERRO|CRIT) /;

export class LogView {
  #box;
  #pre;
  #stream;
  #isFollowing = true;
  #resume = null;
  #abort = null;
  #style = new Style();
  /** Text after the last line feed. */
  #rest = "";
  #waiting = [];
  #open = null;
  #query = "";
  #onlyFound = false;
  #here = null;
  #hasLevels;

  constructor(view) {
    this.#hasLevels = view.dataset.hasLevels !== undefined;
    this.#stream = view.dataset.stream;
    this.#box = view.querySelector(".lines");
    this.#pre = view.querySelector("pre");
    this.#makeTools(view.querySelector(".log-tools"));
  }

  begin() {
    this.#box.addEventListener("scroll", () => this.#noticeScrolling());
    // Whoever reads something older keeps it before the eyes; the rest comes when it is wanted.
    const look = () => {
      if (document.visibilityState !== "visible") this.#abort?.abort();
      else if (this.#isFollowing) this.#connect();
    };
    document.addEventListener("visibilitychange", look);
    addEventListener("pageshow", look);
    look();
  }

  #makeTools(tools) {
    tools.querySelector(".refresh")?.remove();
    const search = document.createElement("input");
    search.type = "search";
    search.placeholder = "Search this log";
    search.setAttribute("aria-label", "Search this log");
    search.addEventListener("input", () => this.#search(search.value));
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.#step(event.shiftKey ? -1 : 1);
    });
    this.found = document.createElement("span");
    this.found.className = "found";
    this.found.setAttribute("role", "status");
    const toggle = (caption, isOn, change) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = caption;
      button.setAttribute("aria-pressed", String(isOn));
      button.addEventListener("click", () => {
        const is = button.getAttribute("aria-pressed") !== "true";
        button.setAttribute("aria-pressed", String(is));
        change(is);
      });
      return button;
    };
    const only = toggle("Only matches", false, (is) => {
      this.#onlyFound = is;
      this.#search(this.#query);
    });
    this.follow = toggle("Follow", true, (is) => {
      this.#follow(is);
      this.#stayAtEnd();
    });
    const pause = toggle("Pause", false, (is) => this.#pause(is));
    const isNarrow = matchMedia("(max-width: 40rem)").matches;
    const wrap = toggle("Wrap", isNarrow, (is) => this.#box.classList.toggle("wrap", is));
    this.#box.classList.toggle("wrap", isNarrow);
    tools.prepend(search, this.found, only, this.follow, pause, wrap);
  }

  /** Reads until the page is hidden or the server ends; then, if the page is seen, again. */
  async #connect() {
    if (this.#abort && !this.#abort.signal.aborted) return;
    const abort = new AbortController();
    this.#abort = abort;
    try {
      // What is paused is not replaced.
      if (this.#resume) await this.#resume.promise;
      const answer = await fetch(this.#stream, { signal: abort.signal });
      if (!answer.ok) {
        abort.abort();
        return;
      }
      this.#clear();
      if (this.#hasLevels) showConnection(true);
      await this.#read(answer.body.getReader());
    } catch {
      // It was cut off, by us or by the server.
    }
    if (!abort.signal.aborted) {
      abort.abort();
      if (this.#hasLevels) showConnection(false);
      setTimeout(() => document.visibilityState === "visible" && this.#connect(), 1000);
    }
  }

  async #read(reader) {
    const decoder = new TextDecoder();
    for (;;) {
      if (this.#resume) await this.#resume.promise;
      const { done, value } = await reader.read();
      if (done) return;
      if (this.#resume) await this.#resume.promise;
      this.#take(decoder.decode(value, { stream: true }));
    }
  }

  #pause(is) {
    if (is) {
      this.#resume = Promise.withResolvers();
    } else {
      this.#resume?.resolve();
      this.#resume = null;
    }
  }

  #clear() {
    this.#pre.replaceChildren();
    this.#style = new Style();
    this.#rest = "";
    this.#waiting = [];
    this.#open = null;
  }

  #take(text) {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop();
    if (this.#rest.length > LINE_LENGTH_MAX) {
      lines.push(this.#rest);
      this.#rest = "";
    }
    const isIdle = this.#waiting.length === 0;
    this.#waiting.push(...lines.slice(-LINES_MAX));
    if (isIdle) requestAnimationFrame(() => this.#show());
  }

  /** Puts the lines that have come since the last time on the page. */
  #show() {
    const fragment = document.createDocumentFragment();
    this.#open?.remove();
    const lines = this.#waiting.splice(0).slice(-LINES_MAX).map((line) => this.#line(line));
    fragment.append(...lines);
    // An unfinished line is shown as far as it goes, and made anew when more of it comes.
    this.#open = null;
    if (this.#rest !== "") {
      const style = Object.assign(new Style(), this.#style, { flags: new Set(this.#style.flags) });
      this.#open = this.#line(this.#rest, style);
      fragment.append(this.#open);
    }
    this.#pre.append(fragment);
    while (this.#pre.childElementCount > LINES_MAX) this.#pre.firstElementChild.remove();
    if (this.#query) this.#search(this.#query);
    this.#stayAtEnd();
  }

  #line(text, style = this.#style) {
    const line = document.createElement("div");
    const visible = text.replace(/\r+$/, "");
    const last = visible.slice(visible.lastIndexOf("\r") + 1);
    line.append(...pieces(last.slice(0, LINE_LENGTH_MAX), style));
    const grave = this.#hasLevels && GRAVE.exec(last);
    if (grave) line.classList.add(grave[1] === "WARN" ? "c3" : "c1");
    return line;
  }

  #stayAtEnd() {
    if (this.#isFollowing) this.#box.scrollTop = this.#box.scrollHeight;
  }

  #follow(is) {
    this.#isFollowing = is;
    if (is) this.#connect();
  }

  /** Whoever scrolls up reads; whoever scrolls to the end follows again. */
  #noticeScrolling() {
    const { scrollTop, scrollHeight, clientHeight } = this.#box;
    const isAtEnd = scrollHeight - scrollTop - clientHeight < 24;
    if (isAtEnd === this.#isFollowing) return;
    this.#follow(isAtEnd);
    this.follow.setAttribute("aria-pressed", String(isAtEnd));
  }

  #search(query) {
    // New lines are searched, too, and move nobody from where they are.
    if (query !== this.#query) this.#here = null;
    this.#query = query;
    const wanted = query.toLowerCase();
    const ranges = [];
    for (const line of this.#pre.children) {
      const isFound = wanted !== "" && line.textContent.toLowerCase().includes(wanted);
      line.classList.toggle("found-line", isFound);
      line.classList.toggle("away", this.#onlyFound && wanted !== "" && !isFound);
      if (isFound) ranges.push(...rangesIn(line, wanted));
    }
    if (window.CSS?.highlights) CSS.highlights.set("found", new Highlight(...ranges));
    this.#tellFound();
  }

  /** Goes to the next line, or the one before, that was found. */
  #step(by) {
    const lines = [...this.#pre.querySelectorAll(".found-line")];
    if (lines.length === 0) return;
    const here = lines.indexOf(this.#here);
    const from = here < 0 && by < 0 ? 0 : here;
    this.#here = lines[(from + by + lines.length) % lines.length];
    this.#here.scrollIntoView({ block: "center" });
    this.#tellFound();
  }

  #tellFound() {
    const lines = [...this.#pre.querySelectorAll(".found-line")];
    const here = lines.indexOf(this.#here);
    const count = `${lines.length} line${lines.length === 1 ? "" : "s"}`;
    const place = here < 0 ? count : `${here + 1} of ${lines.length}`;
    this.found.textContent = this.#query === "" ? "" : place;
  }
}

/** Where a text is in a line, whatever its colours. */
function rangesIn(line, wanted) {
  const nodes = [];
  const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
  let text = "";
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, start: text.length });
    text += walker.currentNode.data;
  }
  const place = (at) => {
    const { node, start } = nodes.findLast((piece) => piece.start <= at);
    return [node, Math.min(at - start, node.data.length)];
  };
  const ranges = [];
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) {
    const range = new Range();
    range.setStart(...place(at));
    range.setEnd(...place(at + wanted.length));
    ranges.push(range);
  }
  return ranges;
}
