//! Faults as clients see them: a code and a text that begins with the code's name.

use std::fmt;

use supervisor_core::command::Fault;

use crate::value::Value;

/// What a call answers with instead of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FaultValue {
    /// `faultCode`.
    pub code: i64,
    /// `faultString`: `NAME` or `NAME: DETAIL`.
    pub text: String,
}

/// Code and name of every fault, and the status of a success in a batch.
const CODES: &[(Code, &str)] = &[
    (Code::UnknownMethod, "UNKNOWN_METHOD"),
    (Code::IncorrectParameters, "INCORRECT_PARAMETERS"),
    (Code::BadArguments, "BAD_ARGUMENTS"),
    (Code::SignatureUnsupported, "SIGNATURE_UNSUPPORTED"),
    (Code::ShutdownState, "SHUTDOWN_STATE"),
    (Code::BadName, "BAD_NAME"),
    (Code::BadSignal, "BAD_SIGNAL"),
    (Code::NoFile, "NO_FILE"),
    (Code::NotExecutable, "NOT_EXECUTABLE"),
    (Code::Failed, "FAILED"),
    (Code::AbnormalTermination, "ABNORMAL_TERMINATION"),
    (Code::SpawnError, "SPAWN_ERROR"),
    (Code::AlreadyStarted, "ALREADY_STARTED"),
    (Code::NotRunning, "NOT_RUNNING"),
    (Code::Success, "SUCCESS"),
    (Code::AlreadyAdded, "ALREADY_ADDED"),
    (Code::StillRunning, "STILL_RUNNING"),
    (Code::CantReread, "CANT_REREAD"),
    // The name that the plug-in's own code has in its faults.
    (Code::NotInWhitelist, "UNKNOWN"),
];

/// The codes of Supervisor's faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// No such method.
    UnknownMethod = 1,
    /// Wrong number or type of parameters.
    IncorrectParameters = 2,
    /// A parameter makes no sense.
    BadArguments = 3,
    /// No signature is known.
    SignatureUnsupported = 4,
    /// The daemon is on its way out.
    ShutdownState = 6,
    /// No such process or group.
    BadName = 10,
    /// No such signal.
    BadSignal = 11,
    /// A file does not exist.
    NoFile = 20,
    /// A command cannot be executed.
    NotExecutable = 21,
    /// Something else failed.
    Failed = 30,
    /// Ended while somebody waited for it to be RUNNING.
    AbnormalTermination = 40,
    /// Could not be spawned, or ended too quickly.
    SpawnError = 50,
    /// Runs already.
    AlreadyStarted = 60,
    /// Does not run.
    NotRunning = 70,
    /// No fault; a status inside batches only.
    Success = 80,
    /// The group is active already.
    AlreadyAdded = 90,
    /// Processes of the group are not stopped.
    StillRunning = 91,
    /// The configuration on disk is broken.
    CantReread = 92,
    /// Of twiddler: the configuration does not let clients call the method.
    NotInWhitelist = 230,
}

impl Code {
    /// The fault of that number, if Supervisor has one.
    #[must_use]
    pub fn from_number(number: i64) -> Option<Self> {
        CODES.iter().map(|&(code, _)| code).find(|&code| code.number() == number)
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> i64 {
        i64::from(self as i32)
    }

    /// Its name, as fault strings begin.
    #[must_use]
    pub fn name(self) -> &'static str {
        CODES.iter().find(|&&(code, _)| code == self).map_or("UNKNOWN", |&(_, name)| name)
    }
}

impl FaultValue {
    /// A fault of that code, with the detail that follows the colon.
    #[must_use]
    pub fn new(code: Code, detail: Option<&str>) -> Self {
        let name = code.name();
        let text = detail.map_or_else(|| name.to_owned(), |detail| format!("{name}: {detail}"));
        Self { code: code.number(), text }
    }

    /// Its code, if it is one of Supervisor's own.
    #[must_use]
    pub fn known_code(&self) -> Option<Code> {
        Code::from_number(self.code)
    }

    /// The part of the text after the name.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.text.split_once(": ").map(|(_, detail)| detail)
    }

    /// As the struct that stands in answers.
    #[must_use]
    pub fn to_value(&self) -> Value {
        Value::Struct(vec![
            ("faultCode".to_owned(), Value::Int(self.code)),
            ("faultString".to_owned(), Value::String(self.text.clone())),
        ])
    }

    /// From the struct that stands in answers; `None` if it lacks a code.
    #[must_use]
    pub fn from_value(value: &Value) -> Option<Self> {
        let code = value.get("faultCode")?.as_int()?;
        let text = value.get("faultString").and_then(Value::as_str).unwrap_or_default().to_owned();
        Some(Self { code, text })
    }

    /// The core's fault of that code and text; `None` for codes that are no fault of Supervisor's.
    #[must_use]
    pub fn to_fault(&self) -> Option<Fault> {
        let optional = self.detail().map(str::to_owned);
        let detail = || self.detail().unwrap_or_default().to_owned();
        Some(match self.known_code()? {
            Code::UnknownMethod => Fault::UnknownMethod,
            Code::IncorrectParameters => Fault::IncorrectParameters(optional),
            Code::BadArguments => Fault::BadArguments(optional),
            Code::SignatureUnsupported => Fault::SignatureUnsupported,
            Code::ShutdownState => Fault::ShutdownState,
            Code::BadName => Fault::BadName(detail()),
            Code::BadSignal => Fault::BadSignal(detail()),
            Code::NoFile => Fault::NoFile(optional),
            Code::NotExecutable => Fault::NotExecutable(detail()),
            Code::Failed => Fault::Failed(optional),
            Code::AbnormalTermination => Fault::AbnormalTermination(detail()),
            Code::SpawnError => Fault::SpawnError(detail()),
            Code::AlreadyStarted => Fault::AlreadyStarted(detail()),
            Code::NotRunning => Fault::NotRunning(detail()),
            Code::Success => return None,
            Code::AlreadyAdded => Fault::AlreadyAdded(detail()),
            Code::StillRunning => Fault::StillRunning(detail()),
            Code::CantReread => Fault::CantReread(detail()),
            Code::NotInWhitelist => Fault::NotInWhitelist(detail()),
        })
    }
}

impl From<&Fault> for FaultValue {
    fn from(fault: &Fault) -> Self {
        let (code, detail) = match fault {
            Fault::UnknownMethod => (Code::UnknownMethod, None),
            Fault::IncorrectParameters(detail) => (Code::IncorrectParameters, detail.as_ref()),
            Fault::BadArguments(detail) => (Code::BadArguments, detail.as_ref()),
            Fault::SignatureUnsupported => (Code::SignatureUnsupported, None),
            Fault::ShutdownState => (Code::ShutdownState, None),
            Fault::BadName(name) => (Code::BadName, Some(name)),
            Fault::BadSignal(text) => (Code::BadSignal, Some(text)),
            Fault::NoFile(detail) => (Code::NoFile, detail.as_ref()),
            Fault::NotExecutable(text) => (Code::NotExecutable, Some(text)),
            Fault::Failed(detail) => (Code::Failed, detail.as_ref()),
            Fault::AbnormalTermination(name) => (Code::AbnormalTermination, Some(name)),
            Fault::SpawnError(name) => (Code::SpawnError, Some(name)),
            Fault::AlreadyStarted(name) => (Code::AlreadyStarted, Some(name)),
            Fault::NotRunning(name) => (Code::NotRunning, Some(name)),
            Fault::AlreadyAdded(name) => (Code::AlreadyAdded, Some(name)),
            Fault::StillRunning(name) => (Code::StillRunning, Some(name)),
            Fault::CantReread(message) => (Code::CantReread, Some(message)),
            Fault::NotInWhitelist(method) => (Code::NotInWhitelist, Some(method)),
        };
        Self::new(code, detail.map(String::as_str))
    }
}

impl From<Fault> for FaultValue {
    fn from(fault: Fault) -> Self {
        Self::from(&fault)
    }
}

impl fmt::Display for FaultValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for FaultValue {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_its_name_and_its_detail() {
        let fault = FaultValue::from(Fault::BadName("nope".into()));
        assert_eq!((fault.code, fault.text.as_str()), (10, "BAD_NAME: nope"));
        assert_eq!(FaultValue::from(Fault::NoFile(None)).text, "NO_FILE");
    }

    #[test]
    fn every_fault_comes_back_from_its_code_and_text() {
        let faults = [
            Fault::UnknownMethod,
            Fault::IncorrectParameters(Some("x: y".into())),
            Fault::BadArguments(None),
            Fault::SignatureUnsupported,
            Fault::ShutdownState,
            Fault::BadName("g:n".into()),
            Fault::BadSignal("s".into()),
            Fault::NoFile(None),
            Fault::NotExecutable("can't parse command".into()),
            Fault::Failed(Some("a".into())),
            Fault::AbnormalTermination("a".into()),
            Fault::SpawnError("a".into()),
            Fault::AlreadyStarted("a".into()),
            Fault::NotRunning("a".into()),
            Fault::AlreadyAdded("a".into()),
            Fault::StillRunning("a".into()),
            Fault::CantReread("two\nlines".into()),
            Fault::NotInWhitelist("log".into()),
        ];
        for fault in faults {
            assert_eq!(FaultValue::from(&fault).to_fault(), Some(fault));
        }
    }

    #[test]
    fn a_code_of_somebody_else_is_no_fault_of_ours() {
        assert_eq!(FaultValue { code: 231, text: "UNKNOWN".into() }.to_fault(), None);
    }
}
