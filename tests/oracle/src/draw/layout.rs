//! Lines of a configuration: the many ways to write the same, and some that are wrong.

use crate::random::Random;

/// How the lines of a file are written.
#[derive(Debug)]
pub(super) struct Layout {
    ending: &'static str,
    /// In a thousand lines, so many are written in an unusual way.
    strangeness: u64,
    /// In a thousand lines, so many are followed by one that may be refused.
    faults: u64,
    text: String,
}

/// Lines between others that are not refused, though they may change what an option above them means.
pub(super) const STRANGE_LINES: &[&str] = &[
    "",
    "",
    " ",
    "\t",
    "; comment",
    "# comment",
    "   ; indented comment",
    "\x0c",
    "  # [program:no]",
    "key = value",
    "unknown=%(nosuch)s",
    "x:y",
    "\u{a0}",
    "\u{2003}; c",
    "[unknown]",
    "a\u{2028}b = c",
    "\u{85}",
    "a=b ; c",
    "a=b;c",
    "a =  ; c",
    "\x1c\x1d",
    "[unknown:x] ;",
    "[DEFAULT]",
    "[[x]]",
    "\t#\tc",
    "a;b=c",
    "\u{3000}k\u{3000}=\u{3000}v",
];

/// Lines that continue a value, or are refused.
pub(super) const CONTINUATIONS: &[&str] =
    &[" continued", "  autostart=maybe", "\t[section]", "    ", " a ; b", " \u{e9}"];

/// Lines that are refused where they are not part of a value.
pub(super) const FAULTS: &[&str] =
    &["garbage", "= value", "[]", "[unclosed", ": x", "it's \"bad\"\t\\", "\u{200b}", "\0 nul", "key", "="];

/// What a slip of the finger adds.
pub(super) const SLIPS: &[&str] = &[
    "=",
    ":",
    ";",
    "#",
    " ",
    "\t",
    "\n",
    "\r",
    "[",
    "]",
    "%",
    "(",
    ")",
    "\"",
    "'",
    "\\",
    ",",
    "%(",
    ")s",
    " ;",
    "\n ",
    "\u{e9}",
    "\u{a0}",
    "\0",
    "%%",
    "0",
    "-",
    "_",
    "[a]",
    "\n[program:a]\n",
];

impl Layout {
    pub(super) fn new(random: &mut Random, clean: bool) -> Self {
        let ending = if random.per_mille(900) { "\n" } else { random.pick(&["\r\n", "\r", "\n\r"]) };
        let strangeness = random.pick(&[0, 20, 100, 300]);
        let faults = if clean { 0 } else { random.pick(&[0, 0, 20]) };
        Self { ending, strangeness, faults, text: String::new() }
    }

    pub(super) fn header(&mut self, random: &mut Random, name: &str) {
        let line = if random.per_mille(self.strangeness / 4) {
            match random.index(4) {
                0 => format!("  [{name}]"),
                1 => format!("[{name}] ignored"),
                2 => format!("[{name}];comment"),
                _ => format!("[{name}] ; comment ]"),
            }
        } else {
            format!("[{name}]")
        };
        self.line(random, &line);
    }

    pub(super) fn option(&mut self, random: &mut Random, name: &str, value: &str) {
        let mut name = name.to_owned();
        let mut delimiter = "=";
        let (mut before, mut after, mut indent) = ("", "", "");
        if random.per_mille(300) {
            (before, after) = (" ", " ");
        }
        if random.per_mille(self.strangeness) {
            match random.index(6) {
                0 => name = name.to_uppercase(),
                1 => delimiter = ":",
                2 => indent = random.pick(&[" ", "\t", "    "]),
                3 => after = random.pick(&["\t", "   ", "\u{a0}", "="]),
                4 => before = "\t",
                _ => after = " ; ",
            }
        }
        let trailing = match random.index(20) {
            0 => " ; comment",
            1 => "  ",
            2 => " # c",
            _ => "",
        };
        let value = value.replace('\n', &format!("{}{indent}  ", self.ending));
        self.line(random, &format!("{indent}{name}{before}{delimiter}{after}{value}{trailing}"));
    }

    fn line(&mut self, random: &mut Random, line: &str) {
        self.text.push_str(line);
        self.text.push_str(self.ending);
        if random.per_mille(self.strangeness) {
            self.text.push_str(random.pick(STRANGE_LINES));
            self.text.push_str(self.ending);
        }
        if random.per_mille(self.faults) {
            self.text.push_str(random.pick(if random.clone().coin() { FAULTS } else { CONTINUATIONS }));
            self.text.push_str(self.ending);
        }
    }

    pub(super) fn blank(&mut self) {
        self.text.push_str(self.ending);
    }

    /// The file.
    pub(super) fn finish(mut self, random: &mut Random) -> Vec<u8> {
        if random.per_mille(50) {
            self.text.truncate(self.text.trim_end().len());
        }
        if self.faults > 0 && random.per_mille(300) {
            for _ in 0..random.between(1, 3) {
                self.slip(random);
            }
        }
        let mut bytes = self.text.into_bytes();
        if random.per_mille(self.faults) {
            let at = random.index(bytes.len() + 1);
            let broken: &[&[u8]] =
                &[b"\xff", b"\xe9", b"\xe2\x82", b"\xf0\x9f", b"\xc0\x80", b"\xed\xa0\x80"];
            bytes.splice(at..at, random.pick(broken).iter().copied());
        }
        if random.per_mille(self.faults / 2) {
            bytes.splice(0..0, *b"\xef\xbb\xbf");
        }
        bytes
    }

    /// Adds, takes or moves something anywhere.
    fn slip(&mut self, random: &mut Random) {
        let places: Vec<usize> = self.text.char_indices().map(|(index, _)| index).collect();
        if places.is_empty() {
            return;
        }
        let (one, other) = (random.pick(&places), random.pick(&places));
        match random.index(4) {
            0 => drop(self.text.remove(one)),
            1 => {
                let part = self.text[one.min(other)..one.max(other)].chars().take(40).collect::<String>();
                self.text.insert_str(one, &part);
            }
            _ => self.text.insert_str(one, random.pick(SLIPS)),
        }
    }
}
