//! `[group:x]`: programs that belong together.

use super::options;

options! {
    /// The options of `[group:x]`.
    OPTIONS of Group;

    /// The names of its programs. They lose their own groups.
    PROGRAMS "programs": List = "", since "3.0";

    /// Groups with lower numbers start first and stop last.
    PRIORITY "priority": Integer = "999", since "3.0";
}
