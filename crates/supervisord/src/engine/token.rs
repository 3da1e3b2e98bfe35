//! What a wake-up is about, packed into the number that the kernel keeps for us.

use supervisor_core::event::OutputChannel;
use supervisor_core::process::ProcessId;

/// What happened somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    /// Signals wait to be read.
    Signals,
    /// Other threads have put requests into the queue.
    Bell,
    /// A child has written to the channel of this number.
    Channel(u32),
    /// A child's standard input has room again.
    Stdin(ProcessId),
    /// The log of this output has room again.
    Log(ProcessId, OutputChannel),
    /// The main log has room again.
    MainLog,
    /// The daemon's own output has room again.
    Console,
}

const KIND_SHIFT: u32 = 60;
const NUMBER_MASK: u64 = (1 << KIND_SHIFT) - 1;

impl Token {
    /// As a number.
    #[must_use]
    pub(super) fn pack(self) -> u64 {
        let (kind, number) = match self {
            Self::Signals => (0, 0),
            Self::Bell => (1, 0),
            Self::Channel(slot) => (2, u64::from(slot)),
            Self::Stdin(process) => (3, process.0),
            Self::Log(process, OutputChannel::Stdout) => (4, process.0),
            Self::Log(process, OutputChannel::Stderr) => (5, process.0),
            Self::MainLog => (6, 0),
            Self::Console => (7, 0),
        };
        kind << KIND_SHIFT | number & NUMBER_MASK
    }

    /// From a number that [`Token::pack`] made.
    #[must_use]
    pub(super) fn unpack(packed: u64) -> Option<Self> {
        let number = packed & NUMBER_MASK;
        let process = ProcessId(number);
        let token = match packed >> KIND_SHIFT {
            0 => Self::Signals,
            1 => Self::Bell,
            2 => Self::Channel(u32::try_from(number).ok()?),
            3 => Self::Stdin(process),
            4 => Self::Log(process, OutputChannel::Stdout),
            5 => Self::Log(process, OutputChannel::Stderr),
            6 => Self::MainLog,
            7 => Self::Console,
            _ => return None,
        };
        Some(token)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked() {
        let process = ProcessId(12345);
        for token in [
            Token::Signals,
            Token::Bell,
            Token::Channel(7),
            Token::Stdin(process),
            Token::Log(process, OutputChannel::Stdout),
            Token::Log(process, OutputChannel::Stderr),
            Token::MainLog,
            Token::Console,
        ] {
            assert_eq!(Token::unpack(token.pack()), Some(token));
        }
    }
}
