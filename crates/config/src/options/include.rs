//! `[include]`: further files.

use super::options;

options! {
    /// The options of `[include]`.
    OPTIONS of Include;

    /// File name patterns separated by blanks; relative ones start from the directory of the main file.
    ///
    /// The files of one pattern are read in the order of their names. What a later file says overrides what
    /// an earlier one said. An included file includes nothing itself.
    FILES "files": Patterns, since "3.0";
}
