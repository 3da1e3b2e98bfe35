//! XML to the parts of a call or an answer.
//!
//! Elements are understood by their names wherever they stand, as the reference does: wrappers and order
//! are not checked, and the text of an element is what stands before its first child.

use quick_xml::Reader;
use quick_xml::events::{BytesDecl, BytesRef, BytesStart, Event};

use crate::decode::DecodeError;
use crate::element::Node;
use crate::encode::is_xml;
use crate::value::Value;

/// How deep values may be nested.
pub const MAX_VALUE_DEPTH: usize = 64;
/// How many elements may be open at once. A struct in a struct opens three.
pub const MAX_ELEMENT_DEPTH: usize = 4 * MAX_VALUE_DEPTH;

const VALUE: &str = "value";

/// What a document says.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The text of `<methodName>`.
    pub(crate) method: Option<String>,
    /// The content of `<params>`.
    pub(crate) params: Option<Vec<Value>>,
    /// The content of `<fault>`.
    pub(crate) fault: Option<Value>,
}

/// Which characters a document may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Characters {
    /// Those of XML 1.0.
    Xml,
    /// Any. The reference writes control characters of logs into its answers as they are.
    Any,
}

struct Open {
    name: String,
    text: String,
    children: Vec<Node>,
}

impl Document {
    pub(crate) fn read(xml: &[u8], characters: Characters) -> Result<Self, DecodeError> {
        let text = std::str::from_utf8(xml).map_err(|_| DecodeError::NotUtf8)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if characters == Characters::Xml && !text.chars().all(is_xml) {
            return Err(DecodeError::Malformed("a character that XML cannot carry"));
        }
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_comments = true;
        let mut tree = Tree {
            characters,
            document: Self::default(),
            open: Vec::new(),
            open_values: 0,
            root: Root::Awaited,
        };
        let mut at_start = true;
        loop {
            let event = reader.read_event().map_err(|_| DecodeError::Malformed("not well-formed"))?;
            match event {
                Event::Eof => return tree.finish(),
                Event::Decl(declaration) if at_start && is_declaration(&declaration) => {}
                event => tree.event(event)?,
            }
            at_start = false;
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Awaited,
    Open,
    Closed,
}

struct Tree {
    characters: Characters,
    document: Document,
    open: Vec<Open>,
    open_values: usize,
    root: Root,
}

impl Tree {
    fn event(&mut self, event: Event<'_>) -> Result<(), DecodeError> {
        match event {
            Event::Start(start) => self.start(&start),
            Event::End(_) => self.end(),
            Event::Empty(start) => {
                self.start(&start)?;
                self.end()
            }
            Event::Text(text) => {
                if text.contains("]]>") {
                    return Err(DecodeError::Malformed("]]> in text"));
                }
                self.text(&text.xml10_content())
            }
            Event::CData(text) if self.root == Root::Open => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) if self.root == Root::Open => {
                let character = self.resolve(&reference)?;
                self.text(character.encode_utf8(&mut [0; 4]))
            }
            Event::CData(_) | Event::GeneralRef(_) => Err(DecodeError::Malformed("text outside the root")),
            Event::Decl(_) => Err(DecodeError::Malformed("misplaced or broken XML declaration")),
            // Differs: document-types
            Event::DocType(_) => Err(DecodeError::DocumentType),
            Event::PI(instruction) if !is_name(instruction.target()) => {
                Err(DecodeError::Malformed("a broken processing instruction"))
            }
            Event::Comment(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn start(&mut self, start: &BytesStart<'_>) -> Result<(), DecodeError> {
        if self.root == Root::Closed {
            return Err(DecodeError::Malformed("two roots"));
        }
        self.root = Root::Open;
        let name = start.name().as_ref().to_owned();
        if !is_name(&name) || start.attributes().any(|attribute| attribute.is_err()) {
            return Err(DecodeError::Malformed("a broken tag"));
        }
        self.open_values += usize::from(name == VALUE);
        // Differs: nesting-limit
        if self.open.len() >= MAX_ELEMENT_DEPTH || self.open_values > MAX_VALUE_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        self.open.push(Open { name, text: String::new(), children: Vec::new() });
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), DecodeError> {
        match self.open.last_mut() {
            Some(open) if open.children.is_empty() => open.text.push_str(text),
            Some(_) => {}
            None if text.chars().all(|character| character.is_ascii_whitespace()) => {}
            None => return Err(DecodeError::Malformed("text outside the root")),
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), DecodeError> {
        let Some(Open { name, text, children }) = self.open.pop() else {
            return Err(DecodeError::Malformed("an end without a start"));
        };
        self.open_values -= usize::from(name == VALUE);
        let mut node = Node::close(&name, text, children).map_err(DecodeError::Value)?;
        match name.as_str() {
            "methodName" => self.document.method = node.value.as_str().map(str::to_owned),
            "params" => {
                self.document.params = Some(node.children.drain(..).map(|child| child.value).collect());
            }
            "fault" => self.document.fault = node.children.drain(..).next().map(|child| child.value),
            _ => {}
        }
        match self.open.last_mut() {
            Some(parent) => parent.children.push(node),
            None => self.root = Root::Closed,
        }
        Ok(())
    }

    fn resolve(&self, reference: &BytesRef<'_>) -> Result<char, DecodeError> {
        let malformed = DecodeError::Malformed("an unknown reference");
        let character = match reference.resolve_char_ref() {
            Ok(Some(character)) => Some(character),
            Ok(None) => match reference.as_ref() {
                "amp" => Some('&'),
                "lt" => Some('<'),
                "gt" => Some('>'),
                "apos" => Some('\''),
                "quot" => Some('"'),
                _ => None,
            },
            Err(_) => None,
        };
        character
            .filter(|&character| self.characters == Characters::Any || is_xml(character))
            .ok_or(malformed)
    }

    fn finish(self) -> Result<Document, DecodeError> {
        match self.root {
            Root::Closed => Ok(self.document),
            Root::Open => Err(DecodeError::Malformed("an element is not closed")),
            Root::Awaited => Err(DecodeError::Malformed("no element")),
        }
    }
}

/// Whether `<?xml …?>` says which version it is and nothing odd.
fn is_declaration(declaration: &BytesDecl<'_>) -> bool {
    let is_version = |version: &str| version.chars().all(|c| c.is_ascii_alphanumeric() || "._-:".contains(c));
    declaration.version().is_ok_and(|version| is_version(&version))
        && declaration.encoding().is_none_or(|encoding| encoding.is_ok())
        && !declaration.contains(['<', '&'])
}

/// Whether an element may be called that. Beyond ASCII this is more generous than XML.
fn is_name(name: &str) -> bool {
    let may_begin = |c: char| c.is_ascii_alphabetic() || matches!(c, '_' | ':') || !c.is_ascii();
    name.starts_with(may_begin)
        && name.chars().all(|c| may_begin(c) || c.is_ascii_digit() || matches!(c, '-' | '.'))
}
