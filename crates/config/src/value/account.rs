//! Users and groups, looked up in the machine's databases.

use supervisor_core::spec::User;

use super::{Advice, Described, ValueType};
use crate::codes::Code;
use crate::machine::Machine;
use crate::python::number::integer;

/// A user by login name or id.
#[derive(Debug)]
pub struct UserName;

impl Described for UserName {
    const FORM: &'static str = "a login name or a user id";
}

impl ValueType for UserName {
    type Value = User;

    fn parse(text: &str, machine: &Machine<'_>) -> Result<User, String> {
        let record = match integer(text) {
            Ok(number) => {
                let id = u32::try_from(number).ok();
                id.and_then(|uid| machine.user_by_id(uid)).ok_or_else(|| format!("Invalid user id {text}"))
            }
            Err(_) => machine.user_by_name(text).ok_or_else(|| format!("Invalid user name {text}")),
        }?;
        Ok(User { uid: record.uid, name: record.name, gid: record.gid })
    }

    fn advice(_: &str) -> Advice {
        Advice { code: Code::UnknownUser, ..Advice::default() }
    }
}

/// A user id and a group id; `None` leaves that one unchanged.
pub type OwnerIds = (Option<u32>, Option<u32>);

/// `user` or `user:group`, each a name or an id.
#[derive(Debug)]
pub struct Owner;

impl Described for Owner {
    const FORM: &'static str = "a user, or user:group";
}

impl ValueType for Owner {
    type Value = OwnerIds;

    fn parse(text: &str, machine: &Machine<'_>) -> Result<OwnerIds, String> {
        let (user, group) = match text.split_once(':') {
            Some((user, group)) => (user, Some(group)),
            None => (text, None),
        };
        let refusal = |_| format!("Invalid user:group definition {text}");
        let uid = UserName::parse(user, machine).map_err(refusal)?.uid;
        let gid = group.map(|group| group_id(group, machine).map_err(refusal)).transpose()?;
        Ok((Some(uid), gid))
    }

    fn advice(_: &str) -> Advice {
        Advice { code: Code::UnknownUser, ..Advice::default() }
    }
}

fn group_id(text: &str, machine: &Machine<'_>) -> Result<u32, String> {
    let record = match integer(text) {
        Ok(number) => {
            let id = u32::try_from(number).ok();
            id.and_then(|gid| machine.group_by_id(gid)).ok_or_else(|| format!("Invalid group id {text}"))
        }
        Err(_) => machine.group_by_name(text).ok_or_else(|| format!("Invalid group name {text}")),
    }?;
    Ok(record.gid)
}
