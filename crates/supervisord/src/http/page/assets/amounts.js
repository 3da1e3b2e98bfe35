// Numbers as the server writes them.

export function percent(value) {
  return `${value.toFixed(1)}\u00a0%`;
}

export function bytes(value) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 1000 && unit + 1 < units.length) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(unit > 1 && value < 100 ? 1 : 0)}\u00a0${units[unit]}`;
}

function uptime(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const clock = `${Math.floor(seconds / 3600) % 24}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  const days = Math.floor(seconds / 86400);
  return days === 0 ? clock : `${days} day${days === 1 ? "" : "s"}, ${clock}`;
}

/** When an element with `data-uptime` came here, so that its clock can go on. */
const arrivals = new WeakMap();

/** Has the text of a running process show the present. */
export function tick(element, text) {
  if (element.dataset.uptime === undefined) return;
  if (!arrivals.has(element)) arrivals.set(element, performance.now());
  const passed = Math.floor((performance.now() - arrivals.get(element)) / 1000);
  const shown = `pid ${element.dataset.pid}, uptime ${uptime(Number(element.dataset.uptime) + passed)}`;
  if (text.textContent !== shown) text.textContent = shown;
}

/** Begins a clock anew after its `data-uptime` was changed. */
export function restartClock(element) {
  arrivals.delete(element);
}
