//! The one table of options. Parser, checker, sample file and manual are all read from it: an option that is
//! not here does not exist.
//!
//! Each entry is a constant that carries the option's name, its type and its default, so that reading an
//! option and describing it cannot part.

pub mod client;
pub mod fcgi;
pub mod group;
pub mod include;
pub mod listener;
pub mod plugin;
pub mod program;
pub mod server;
pub mod supervisord;

use std::fmt;
use std::marker::PhantomData;

/// A kind of section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SectionKind {
    /// `[supervisord]`.
    Supervisord,
    /// `[supervisorctl]`.
    Supervisorctl,
    /// `[include]`.
    Include,
    /// `[unix_http_server]`.
    UnixHttpServer,
    /// `[inet_http_server]`.
    InetHttpServer,
    /// `[program:x]`, and what `[eventlistener:x]` and `[fcgi-program:x]` share with it.
    Program,
    /// `[eventlistener:x]`, beyond what it shares with programs.
    EventListener,
    /// `[fcgi-program:x]`, beyond what it shares with programs.
    FcgiProgram,
    /// `[group:x]`.
    Group,
    /// `[rpcinterface:x]`.
    RpcInterface,
    /// `[ctlplugin:x]`.
    CtlPlugin,
}

impl SectionKind {
    /// Its name in brackets; `x` stands for a name of somebody's choice.
    #[must_use]
    pub fn name(self) -> &'static str {
        KINDS.iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// The kinds with their names, in the order of the manual.
const KINDS: [(SectionKind, &str); 11] = [
    (SectionKind::Supervisord, "[supervisord]"),
    (SectionKind::UnixHttpServer, "[unix_http_server]"),
    (SectionKind::InetHttpServer, "[inet_http_server]"),
    (SectionKind::Program, "[program:x]"),
    (SectionKind::EventListener, "[eventlistener:x]"),
    (SectionKind::FcgiProgram, "[fcgi-program:x]"),
    (SectionKind::Group, "[group:x]"),
    (SectionKind::Include, "[include]"),
    (SectionKind::RpcInterface, "[rpcinterface:x]"),
    (SectionKind::CtlPlugin, "[ctlplugin:x]"),
    (SectionKind::Supervisorctl, "[supervisorctl]"),
];

/// Every kind of section, in the order of the manual.
pub fn kinds() -> impl Iterator<Item = SectionKind> {
    KINDS.iter().map(|(kind, _)| *kind)
}

/// The names of sections, `x` standing for a name of somebody's choice.
pub(crate) fn section_names() -> Vec<&'static str> {
    KINDS.iter().map(|(_, name)| name.trim_matches(['[', ']'])).collect()
}

/// The kind of a section, if something reads it.
#[must_use]
pub fn kind_of(section: &str) -> Option<SectionKind> {
    let (kind, _) = KINDS.iter().find(|(kind, name)| {
        let name = name.trim_matches(['[', ']']);
        match (kind, name.strip_suffix('x')) {
            (SectionKind::UnixHttpServer | SectionKind::InetHttpServer, _) => section.starts_with(name),
            (_, Some(prefix)) if prefix.ends_with(':') => section.starts_with(prefix),
            _ => section == name,
        }
    })?;
    Some(*kind)
}

/// What holds when an option is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultValue {
    /// The value it would be given by writing this.
    Written(&'static str),
    /// Something that cannot be written as a value, in words.
    Described(&'static str),
    /// It must be given.
    Required,
}

/// All that is known about one option.
#[derive(Debug)]
pub struct Entry {
    /// Its name in the file.
    pub name: &'static str,
    /// The sections it belongs to.
    pub section: SectionKind,
    /// What may be written.
    pub form: &'static str,
    /// What holds when it is not given.
    pub default: DefaultValue,
    /// The version of Supervisor that introduced it; of ours, if it begins with `ours`.
    pub since: &'static str,
    /// What it is for, in lines. The first paragraph stands alone.
    pub doc: &'static [&'static str],
}

impl Entry {
    /// The first paragraph of its description.
    #[must_use]
    pub fn summary(&self) -> String {
        let lines: Vec<&str> =
            self.doc.iter().map(|line| line.trim()).take_while(|line| !line.is_empty()).collect();
        lines.join(" ")
    }
}

/// An option that has a value even if it is not given.
pub struct Defaulted<T> {
    /// Its row in the table.
    pub entry: Entry,
    value_type: PhantomData<fn() -> T>,
}

/// An option that may be missing.
pub struct Optional<T> {
    /// Its row in the table.
    pub entry: Entry,
    value_type: PhantomData<fn() -> T>,
}

impl<T> Defaulted<T> {
    const fn new(entry: Entry) -> Self {
        Self { entry, value_type: PhantomData }
    }

    /// Its default, as it would be written.
    pub(crate) fn default_text(&self) -> &'static str {
        match self.entry.default {
            DefaultValue::Written(text) => text,
            DefaultValue::Described(_) | DefaultValue::Required => "",
        }
    }
}

impl<T> Optional<T> {
    const fn new(entry: Entry) -> Self {
        Self { entry, value_type: PhantomData }
    }
}

impl<T> fmt::Debug for Defaulted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entry.fmt(f)
    }
}

impl<T> fmt::Debug for Optional<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.entry.fmt(f)
    }
}

/// Whether some section has an option of that name.
pub(crate) fn is_known(name: &str) -> bool {
    all().any(|entry| entry.name == name)
}

/// The options that belong to a kind of section, those shared with programs included.
pub fn of(kind: SectionKind) -> impl Iterator<Item = &'static Entry> {
    let is_like_program = matches!(kind, SectionKind::EventListener | SectionKind::FcgiProgram);
    let own = all().filter(move |entry| entry.section == kind);
    let is_own = move |name| all().any(|entry| entry.section == kind && entry.name == name);
    let shared = program::OPTIONS.iter().copied().filter(move |entry| is_like_program && !is_own(entry.name));
    own.chain(shared)
}

/// Every option, section by section.
pub fn all() -> impl Iterator<Item = &'static Entry> {
    [
        supervisord::OPTIONS,
        server::UNIX_OPTIONS,
        server::INET_OPTIONS,
        program::OPTIONS,
        listener::OPTIONS,
        fcgi::OPTIONS,
        group::OPTIONS,
        include::OPTIONS,
        plugin::RPC_OPTIONS,
        plugin::CTL_OPTIONS,
        client::OPTIONS,
    ]
    .into_iter()
    .flatten()
    .copied()
}

/// Defines the options of one kind of section and the list of them.
///
/// `NAME "name": Type = "default", since "3.0";` is [`Defaulted`]; `NAME "name": Type else "words", since
/// "3.0";` is [`Optional`], and so is `NAME "name": Type, since "3.0";`, which must be given.
macro_rules! options {
    (
        $(#[doc = $list_doc:literal])*
        $list:ident of $section:ident;
        $(
            $(#[doc = $doc:literal])+
            $constant:ident $name:literal: $kind:ident $(= $default:literal)? $(else $words:literal)?,
            since $since:literal;
        )+
    ) => {
        $( $crate::options::define!(
            [$($default)?] [$($words)?] [$($doc),+] $constant $name $kind $section $since
        ); )+

        $(#[doc = $list_doc])*
        pub static $list: &[&$crate::options::Entry] = &[$( &$constant.entry ),+];
    };
}

/// Defines one option; see [`options!`].
macro_rules! define {
    ([$default:literal] [] $($row:tt)+) => {
        $crate::options::define!(@row Defaulted, Written($default), $($row)+);
    };
    ([] [$words:literal] $($row:tt)+) => {
        $crate::options::define!(@row Optional, Described($words), $($row)+);
    };
    ([] [] $($row:tt)+) => {
        $crate::options::define!(@row Optional, Required, $($row)+);
    };
    (
        @row $shape:ident, $default:ident $(($text:literal))?,
        [$($doc:literal),+] $constant:ident $name:literal $kind:ident $section:ident $since:literal
    ) => {
        $(#[doc = $doc])+
        pub static $constant: $crate::options::$shape<$crate::value::$kind> =
            $crate::options::$shape::new($crate::options::Entry {
                name: $name,
                section: $crate::options::SectionKind::$section,
                form: <$crate::value::$kind as $crate::value::Described>::FORM,
                default: $crate::options::DefaultValue::$default $(($text))?,
                since: $since,
                doc: &[$($doc),+],
            });
    };
}

pub(crate) use {define, options};

#[cfg(test)]
mod tests;
