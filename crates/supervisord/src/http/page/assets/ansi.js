// Colours of terminals: turns a line with escape sequences into elements, as text only.

// CSI sequences, OSC sequences up to their end, other escapes, and control characters that nobody can see.
const SEQUENCE = /\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]?|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]/g;
const STEPS = [0, 95, 135, 175, 215, 255];

/** How text looks from here on; goes on from line to line. */
export class Style {
  constructor() {
    this.reset();
  }

  reset() {
    this.flags = new Set();
    this.ink = null;
    this.ground = null;
  }

  get isPlain() {
    return this.flags.size === 0 && this.ink === null && this.ground === null;
  }

  /** Obeys the numbers of an `m` sequence. */
  obey(parameters) {
    const numbers = parameters.split(/[;:]/).map((number) => Number(number) || 0);
    for (let index = 0; index < numbers.length; index += 1) {
      const number = numbers[index];
      if (number === 0) this.reset();
      else if (number in FLAGS) this.flags.add(FLAGS[number]);
      else if (number === 22) ["b", "d"].forEach((flag) => this.flags.delete(flag));
      else if (number in ENDS) this.flags.delete(ENDS[number]);
      else if (number >= 30 && number <= 37) this.ink = number - 30;
      else if (number >= 90 && number <= 97) this.ink = number - 90 + 8;
      else if (number === 39) this.ink = null;
      else if (number >= 40 && number <= 47) this.ground = number - 40;
      else if (number >= 100 && number <= 107) this.ground = number - 100;
      else if (number === 49) this.ground = null;
      else if (number === 38 || number === 48) {
        const [colour, used] = extended(numbers.slice(index + 1));
        index += used;
        if (number === 38) this.ink = colour;
        else this.ground = colour;
      }
    }
  }

  /** The text in an element that looks like this. */
  element(text) {
    if (this.isPlain) return document.createTextNode(text);
    const span = document.createElement("span");
    span.classList.add(...this.flags);
    const isSwapped = this.flags.has("r");
    const [ink, ground] = isSwapped ? [this.ground, this.ink ?? 7] : [this.ink, this.ground];
    if (typeof ink === "number") span.classList.add(`c${ink}`);
    else if (ink) span.style.color = ink;
    if (typeof ground === "number") span.classList.add(`g${ground % 8}`);
    else if (ground) span.style.backgroundColor = ground;
    span.textContent = text;
    return span;
  }
}

const FLAGS = { 1: "b", 2: "d", 3: "i", 4: "u", 7: "r", 9: "s" };
const ENDS = { 23: "i", 24: "u", 27: "r", 29: "s" };

/** One of 256 colours, or any: the colour, and how many numbers tell it. */
function extended(numbers) {
  const byte = (number) => Math.min(255, Math.max(0, number ?? 0));
  if (numbers[0] === 2) {
    const [red, green, blue] = numbers.slice(1, 4).map(byte);
    return [`rgb(${red ?? 0} ${green ?? 0} ${blue ?? 0})`, 4];
  }
  if (numbers[0] !== 5) return [null, 1];
  const index = byte(numbers[1]);
  if (index < 16) return [index, 2];
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [`rgb(${grey} ${grey} ${grey})`, 2];
  }
  const cube = index - 16;
  const parts = [Math.floor(cube / 36), Math.floor(cube / 6) % 6, cube % 6].map((part) => STEPS[part]);
  return [`rgb(${parts.join(" ")})`, 2];
}

/** The pieces of a line, without what would steer a terminal. */
export function pieces(line, style) {
  const found = [];
  let start = 0;
  const keep = (end) => {
    if (end > start) found.push(style.element(line.slice(start, end)));
  };
  for (const match of line.matchAll(SEQUENCE)) {
    keep(match.index);
    start = match.index + match[0].length;
    if (match[2] === "m" && !/[?<=>]/.test(match[1])) style.obey(match[1]);
  }
  keep(line.length);
  return found;
}
