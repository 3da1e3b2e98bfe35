//! The names that `%(...)s` can stand for at one place of the configuration.

use std::collections::BTreeMap;

use crate::secret::is_secret_name;

/// The name of the directory of the file that a value stands in.
const HERE: &str = "here";

/// How many bytes a secret of the environment has at least.
const SECRET_LENGTH: usize = 6;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Variable {
    Text(String),
    Number(i64),
}

/// `ENV_NAME` for each environment variable of the daemon, and for each of `[supervisord] environment`.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnvironmentVariables {
    variables: BTreeMap<String, Variable>,
    is_incomplete: bool,
}

/// The names known at one place: the environment, and what the place adds to it.
#[derive(Clone, Debug)]
pub(crate) struct Scope<'a> {
    environment: &'a EnvironmentVariables,
    own: BTreeMap<String, Variable>,
    is_incomplete: bool,
}

impl EnvironmentVariables {
    /// Adds variables; those of the same name are replaced.
    pub(crate) fn extend(&mut self, variables: impl IntoIterator<Item = (String, String)>) {
        let named =
            variables.into_iter().map(|(name, value)| (environment_name(&name), Variable::Text(value)));
        self.variables.extend(named);
    }

    /// Says that some variables are missing because of a fault, which has been reported.
    pub(crate) fn set_incomplete(&mut self) {
        self.is_incomplete = true;
    }

    /// The values of variables that are secret by their names. Short ones are left aside: they stand in many texts by
    /// chance.
    pub(crate) fn secrets(&self) -> Vec<&str> {
        let secret = self.variables.iter().filter_map(|(name, value)| match value {
            Variable::Text(text) if text.len() >= SECRET_LENGTH && is_secret_name(name) => {
                Some(text.as_str())
            }
            _ => None,
        });
        secret.collect()
    }
}

impl<'a> Scope<'a> {
    /// A place where only the environment is known.
    pub(crate) fn new(environment: &'a EnvironmentVariables) -> Self {
        Self { environment, own: BTreeMap::new(), is_incomplete: environment.is_incomplete }
    }

    /// Adds a text.
    pub(crate) fn text(mut self, name: &str, value: &str) -> Self {
        self.set(name, Variable::Text(value.to_owned()));
        self
    }

    /// Adds a name, or changes what it stands for.
    pub(crate) fn set(&mut self, name: &str, value: Variable) {
        self.own.insert(name.to_owned(), value);
    }

    /// Adds a program's own environment variables.
    pub(crate) fn extend(&mut self, variables: &[(String, String)]) {
        for (name, value) in variables {
            self.set(&environment_name(name), Variable::Text(value.clone()));
        }
    }

    /// Says that some environment variables are missing because of a fault, which has been reported.
    pub(crate) fn set_incomplete(&mut self) {
        self.is_incomplete = true;
    }

    /// Whether a variable that is not known might be, but for a fault.
    pub(crate) fn is_incomplete(&self) -> bool {
        self.is_incomplete
    }

    /// Lets the environment show again where [`Scope::extend`] has hidden it.
    pub(crate) fn restore_environment(&mut self) {
        self.own.retain(|name, _| !self.environment.variables.contains_key(name));
    }

    /// The names as they stand for one value, whose file gives `here` its meaning; `None` where it has none.
    pub(crate) fn seen_from(&'a self, here: Option<&'a str>) -> Names<'a> {
        Names { scope: self, here }
    }
}

/// The names that one value can use.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    scope: &'a Scope<'a>,
    here: Option<&'a str>,
}

impl Names<'_> {
    /// What a name stands for.
    pub(crate) fn get(&self, name: &str) -> Option<Variable> {
        match self.here {
            Some(here) if name == HERE => Some(Variable::Text(here.to_owned())),
            _ => self.scope.own.get(name).or_else(|| self.scope.environment.variables.get(name)).cloned(),
        }
    }

    /// All names, in the order of their code points, each once.
    pub(crate) fn all(&self) -> Vec<&str> {
        let own = self.scope.own.keys().map(String::as_str);
        let environment = self.scope.environment.variables.keys().map(String::as_str);
        let mut names: Vec<&str> = own.chain(environment).chain(self.here.map(|_| HERE)).collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn environment_name(name: &str) -> String {
    format!("ENV_{name}")
}
