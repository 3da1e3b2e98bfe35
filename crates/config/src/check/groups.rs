//! Groups and programs without processes, and sockets that get lost.

use std::collections::HashSet;

use super::Check;
use crate::codes::Code;
use crate::finding::Remark;
use crate::options::{SectionKind, kind_of};
use crate::place::Piece;

pub(super) fn check(check: &Check<'_>) {
    let members = &check.examined.members;
    for member in members.iter().filter(|member| member.section != member.group_section) {
        let Some(name) = member.section.strip_prefix("fcgi-program:") else { continue };
        let message = format!(
            "[{}] in [{}] is an ordinary program: its socket is not made",
            member.section, member.group_section
        );
        let remark = Remark::new(Code::FcgiInGroup, message)
            .hint("take it out of the list: an [fcgi-program:x] is a group of its own");
        check.warn(check.piece(&member.group_section, "programs", Piece::Part(name)), remark);
    }
    if check.examined.config.is_none() {
        return;
    }
    let busy: HashSet<&str> =
        members.iter().flat_map(|member| [member.section.as_str(), member.group_section.as_str()]).collect();
    for section in check.sections().filter(|section| !busy.contains(section.name.as_str())) {
        let (option, hint) = match kind_of(&section.name) {
            Some(SectionKind::Group) => {
                ("programs", "list programs with `programs=`, or take the section out")
            }
            // Without numprocs it has one, which may have been replaced by one of the same name.
            Some(SectionKind::Program | SectionKind::EventListener | SectionKind::FcgiProgram)
                if check.setting(&section.name, "numprocs").is_some() =>
            {
                ("numprocs", "write 1 or more, or take the section out")
            }
            _ => continue,
        };
        let message = format!("[{}] has no processes", section.name);
        check.warn(check.place(&section.name, option), Remark::new(Code::EmptyGroup, message).hint(hint));
    }
}
