// Small charts: the last minutes of one value as a curve.

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100;
const HEIGHT = 30;
/** How many values are remembered. */
const LENGTH_MAX = 60;

/**
 * A chart of so many values from edge to edge; `draw(values, least)` shows the last of them, with a scale that
 * reaches `least` at least.
 */
export class Chart {
  constructor(length = LENGTH_MAX) {
    this.length = length;
    this.element = document.createElementNS(SVG, "svg");
    this.element.setAttribute("class", "spark");
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true");
    this.below = this.#path("below");
    this.curve = this.#path("curve");
  }

  #path(name) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("class", name);
    this.element.append(path);
    return path;
  }

  draw(all, least) {
    const values = all.slice(-this.length);
    if (values.length === 0) return;
    const top = Math.max(least, ...values) * 1.1;
    const step = WIDTH / (this.length - 1);
    const start = WIDTH - (values.length - 1) * step;
    const points = values.map((value, index) => {
      const y = HEIGHT - 1 - (value / top) * (HEIGHT - 2);
      return `${(start + index * step).toFixed(1)} ${y.toFixed(1)}`;
    });
    const curve = `M${points.join("L")}`;
    this.curve.setAttribute("d", curve);
    this.below.setAttribute("d", `${curve}V${HEIGHT}H${start.toFixed(1)}Z`);
  }
}

/** What processes used, by name: `[[cpu, memory], …]`, the latest at the end. */
export class Histories {
  #values = new Map();

  begin(all) {
    this.#values = new Map(Object.entries(all));
  }

  /** Takes new values; a process that is not among them uses what it used before. */
  add(news) {
    for (const name of Object.keys(news)) {
      if (!this.#values.has(name)) this.#values.set(name, []);
    }
    for (const [name, values] of this.#values) {
      values.push(news[name] ?? values.at(-1));
      if (values.length > LENGTH_MAX) values.shift();
    }
  }

  forget(name) {
    this.#values.delete(name);
  }

  of(name) {
    return this.#values.get(name) ?? [];
  }
}
