//! A daemon with programs, whose page is looked at.

use std::path::Path;

use supervisor_worlds::http::free_port;
use supervisor_worlds::scene::Scene;
use supervisor_worlds::world::World;

use crate::place::Place;

/// A running daemon that serves its page on a port.
#[derive(Debug)]
pub struct House {
    /// The daemon and its programs.
    pub world: World,
    port: u16,
    _place: Place,
}

impl House {
    /// Runs a copy of one of this suite's configurations, when there is room. A test has one house at a time.
    #[must_use]
    pub fn of_case(name: &str) -> Self {
        let place = Place::take();
        let port = free_port();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(name);
        let world = Scene::of_folder(&folder).with("PAGE_PORT", port.to_string()).open();
        Self { world, port, _place: place }
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where a page is.
    #[must_use]
    pub fn url(&self, page: &str) -> String {
        format!("http://127.0.0.1:{}/{page}", self.port)
    }
}
