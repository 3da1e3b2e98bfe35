// News from the server, for as long as somebody can see the page.

/** Says whether what is shown is the present. */
export function showConnection(isLive) {
  const sign = document.querySelector("#connection");
  const is = isLive ? "live" : "lost";
  if (sign.dataset.is === is) return;
  sign.dataset.is = is;
  sign.textContent = isLive ? "Live" : "Not connected";
}

/** Calls `handlers[event](data)` for what comes. `query` says what matters. */
export function listen(query, handlers) {
  let source = null;
  const open = () => {
    if (source) return;
    source = new EventSource(`live?${query}`);
    source.addEventListener("open", () => showConnection(true));
    source.addEventListener("error", () => {
      showConnection(false);
      // The browser comes again by itself, unless it was refused.
      if (source?.readyState === EventSource.CLOSED) {
        close();
        setTimeout(look, 3000);
      }
    });
    for (const [event, handle] of Object.entries(handlers)) {
      source.addEventListener(event, (message) => handle(JSON.parse(message.data)));
    }
  };
  const close = () => {
    source?.close();
    source = null;
  };
  // A page that nobody sees asks nothing of the server.
  const look = () => (document.visibilityState === "visible" ? open() : close());
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", close);
  addEventListener("pageshow", look);
  look();
}

/** Calls `work` soon, once for many calls. */
export function soon(work, milliseconds = 150) {
  let timer = 0;
  return () => {
    if (timer) return;
    timer = setTimeout(async () => {
      timer = 0;
      try {
        await work();
      } catch {
        // The server has gone meanwhile; the sign says so.
      }
    }, milliseconds);
  };
}

/** The page as the server would show it now. */
export async function fetchPage(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

/** Puts the parts of another version of the page in the place of ours. */
export function replaceParts(page) {
  for (const part of document.querySelectorAll("[data-part]")) {
    const other = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (other && other.outerHTML !== part.outerHTML) replacePart(part, other);
  }
}

/** Puts a part in the place of another; whoever has scrolled or tabbed into that stays where they are. */
export function replacePart(part, other) {
  const scrollers = (element) => [element, ...element.querySelectorAll("ol")];
  const tops = scrollers(part).map((scroller) => scroller.scrollTop);
  const link = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceWith(document.adoptNode(other));
  scrollers(other).forEach((scroller, index) => (scroller.scrollTop = tops[index] ?? 0));
  const again = link && other.querySelector(`a[href="${CSS.escape(link)}"]`);
  again?.focus({ preventScroll: true });
}
