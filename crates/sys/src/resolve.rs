//! From host names to addresses, as the system resolves them.

use std::ffi::CString;
use std::mem::MaybeUninit;
use std::net::Ipv4Addr;
use std::ptr;

use crate::users::HAS_RESOLVER;

/// Why a name has no address: the resolver's own number, -2 for a name that nobody knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResolveError(pub i32);

/// The first IPv4 address of a host. May wait for a name server; a static build knows only numbers and what is in
/// `/etc/hosts`.
///
/// # Errors
/// The resolver's number.
pub fn ipv4_of(host: &str) -> Result<Ipv4Addr, ResolveError> {
    if HAS_RESOLVER {
        return ask(host, 0);
    }
    ask(host, libc::AI_NUMERICHOST).or_else(|error| {
        let text = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
        listed(&text, host).ok_or(error)
    })
}

fn ask(host: &str, flags: i32) -> Result<Ipv4Addr, ResolveError> {
    let host = CString::new(host).map_err(|_| ResolveError(libc::EAI_NONAME))?;
    // SAFETY: an address hint of zeros is the documented "anything".
    let mut hints: libc::addrinfo = unsafe { MaybeUninit::zeroed().assume_init() };
    hints.ai_family = libc::AF_INET;
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = flags;
    let mut found = ptr::null_mut();
    // SAFETY: a string that ends in NUL, initialised hints and a place for the list.
    let code = unsafe { libc::getaddrinfo(host.as_ptr(), ptr::null(), &raw const hints, &raw mut found) };
    if code != 0 {
        return Err(ResolveError(code));
    }
    // SAFETY: success means a list of at least one entry, whose address is of the family that was asked for.
    unsafe {
        let address = (*(*found).ai_addr.cast::<libc::sockaddr_in>()).sin_addr.s_addr;
        libc::freeaddrinfo(found);
        Ok(Ipv4Addr::from(u32::from_be(address)))
    }
}

/// `ADDRESS NAME NAME... # comment`
fn listed(text: &str, host: &str) -> Option<Ipv4Addr> {
    text.lines().find_map(|line| {
        let mut words = line.split('#').next()?.split_whitespace();
        let address = words.next()?.parse().ok()?;
        words.any(|name| name.eq_ignore_ascii_case(host)).then_some(address)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_found_in_their_list() {
        let text = "# 1.1.1.1 a\n::1 a\n10.0.0.1\tb  a # c\n10.0.0.2 a\n";
        assert_eq!(listed(text, "A"), Some(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(listed(text, "c"), None);
    }

    #[test]
    fn numbers_are_addresses_and_nonsense_is_nobody() {
        assert_eq!(ipv4_of("127.0.0.1"), Ok(Ipv4Addr::LOCALHOST));
        assert_eq!(ipv4_of("a b"), Err(ResolveError(-2)));
        assert_eq!(ipv4_of("nul\0"), Err(ResolveError(-2)));
        assert!(ipv4_of("::1").is_err(), "not an IPv4 address");
    }
}
