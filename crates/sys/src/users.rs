//! The user and group databases.
//!
//! The system's resolver is asked first, so that LDAP and the like work; what it does not know is looked up
//! in `/etc/passwd` and `/etc/group`. A static build looks only there.

use std::ffi::CString;
use std::fs;

use nix::errno::Errno;
use nix::unistd::{Gid, Group, Uid, User};

/// The resolver of glibc loads shared libraries as the system's administrator wants it, which ends a static
/// program with a segmentation fault as soon as somebody asks for a user who does not exist.
// Differs: static-builds-read-files
pub(crate) const HAS_RESOLVER: bool = !cfg!(all(target_env = "gnu", target_feature = "crt-static"));

/// One user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRecord {
    /// Login name.
    pub name: String,
    /// User id.
    pub uid: u32,
    /// Primary group.
    pub gid: u32,
    /// Home directory.
    pub home: String,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupRecord {
    /// Name.
    pub name: String,
    /// Group id.
    pub gid: u32,
}

/// The user of that name.
#[must_use]
pub fn user_by_name(name: &str) -> Option<UserRecord> {
    if name.is_empty() || name.contains('\0') {
        return None;
    }
    let known = resolved(|| User::from_name(name)).map(user_record);
    known.or_else(|| passwd_entries(&passwd_text()).find(|user| user.name == name))
}

/// The user of that id.
#[must_use]
pub fn user_by_id(uid: u32) -> Option<UserRecord> {
    let known = resolved(|| User::from_uid(Uid::from_raw(uid))).map(user_record);
    known.or_else(|| passwd_entries(&passwd_text()).find(|user| user.uid == uid))
}

/// The group of that name.
#[must_use]
pub fn group_by_name(name: &str) -> Option<GroupRecord> {
    if name.is_empty() || name.contains('\0') {
        return None;
    }
    let known = resolved(|| Group::from_name(name)).map(group_record);
    known.or_else(|| group_entries(&group_text()).map(|entry| entry.record).find(|group| group.name == name))
}

/// The group of that id.
#[must_use]
pub fn group_by_id(gid: u32) -> Option<GroupRecord> {
    let known = resolved(|| Group::from_gid(Gid::from_raw(gid))).map(group_record);
    known.or_else(|| group_entries(&group_text()).map(|entry| entry.record).find(|group| group.gid == gid))
}

/// Every group of a user, each once: the primary one, which is passed, first.
#[must_use]
pub fn groups_of(name: &str, primary: u32) -> Vec<u32> {
    let mut groups = vec![primary];
    let resolved = resolved(|| {
        let name = CString::new(name).map_err(|_| Errno::EINVAL)?;
        nix::unistd::getgrouplist(&name, Gid::from_raw(primary)).map(Some)
    })
    .unwrap_or_default();
    let text = group_text();
    let listed = group_entries(&text).filter(|entry| entry.members.split(',').any(|member| member == name));
    for gid in resolved.into_iter().map(Gid::as_raw).chain(listed.map(|entry| entry.record.gid)) {
        if !groups.contains(&gid) {
            groups.push(gid);
        }
    }
    groups
}

fn resolved<T>(question: impl FnOnce() -> Result<Option<T>, Errno>) -> Option<T> {
    if HAS_RESOLVER { question().ok().flatten() } else { None }
}

fn user_record(user: User) -> UserRecord {
    UserRecord {
        name: user.name,
        uid: user.uid.as_raw(),
        gid: user.gid.as_raw(),
        home: user.dir.to_string_lossy().into_owned(),
    }
}

fn group_record(group: Group) -> GroupRecord {
    GroupRecord { name: group.name, gid: group.gid.as_raw() }
}

fn passwd_text() -> String {
    text_of("/etc/passwd")
}

fn group_text() -> String {
    text_of("/etc/group")
}

fn text_of(path: &str) -> String {
    fs::read(path).map_or_else(|_| String::new(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// `name:password:uid:gid:comment:home:shell`; lines of another form are skipped.
fn passwd_entries(text: &str) -> impl Iterator<Item = UserRecord> + '_ {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        let home = fields.nth(1)?.to_owned();
        Some(UserRecord { name, uid, gid, home })
    })
}

struct GroupEntry<'a> {
    record: GroupRecord,
    members: &'a str,
}

/// `name:password:gid:member,member`; lines of another form are skipped.
fn group_entries(text: &str) -> impl Iterator<Item = GroupEntry<'_>> {
    text.lines().filter_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?.to_owned();
        let gid = fields.nth(1)?.parse().ok()?;
        let members = fields.next()?;
        Some(GroupEntry { record: GroupRecord { name, gid }, members })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_known_by_name_and_by_id() {
        let root = user_by_name("root").expect("every system has root");
        assert_eq!((root.uid, root.gid), (0, 0));
        assert_eq!(user_by_id(0).map(|user| user.uid), Some(0));
        assert_eq!(group_by_id(0), group_by_name("root"));
        assert_eq!(groups_of("root", 0).first(), Some(&0));
    }

    #[test]
    fn nobody_is_not_made_up() {
        assert_eq!(user_by_name("no-such-user-here"), None);
        assert_eq!(user_by_name(""), None);
        assert_eq!(user_by_name("ro\0ot"), None);
        assert_eq!(user_by_id(u32::MAX - 7), None);
        assert_eq!(group_by_name("no-such-group\0"), None);
        assert_eq!(group_by_id(u32::MAX - 7), None);
        assert_eq!(groups_of("no-such-user-here", 42), [42]);
    }

    #[test]
    fn passwd_lines_of_another_form_are_skipped() {
        let text = "# comment\nbroken:x\n+::::::\nalice:x:1000:1001:Alice:/home/alice:/bin/sh\n";
        let users: Vec<UserRecord> = passwd_entries(text).collect();
        let alice =
            UserRecord { name: "alice".into(), uid: 1000, gid: 1001, home: String::from("/home/alice") };
        assert_eq!(users, [alice]);
    }

    #[test]
    fn group_lines_give_their_members() {
        let entries: Vec<(String, u32, &str)> = group_entries("a:x:7:alice,bob\nb:x:8:\nc\n")
            .map(|entry| (entry.record.name, entry.record.gid, entry.members))
            .collect();
        assert_eq!(entries, [("a".into(), 7, "alice,bob"), ("b".into(), 8, "")]);
    }
}
