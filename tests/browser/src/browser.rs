//! A browser with nothing in it.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::driver::Driver;
use crate::tab::Tab;
use crate::wire;

/// What a browser keeps off while it is tested.
const ARGUMENTS: [&str; 11] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
];
/// The value of a content setting that blocks.
const BLOCK: u8 = 2;

/// How long a script may take that the driver waits for: axe-core looks at every element of a page.
const SCRIPT_MILLISECONDS_MAX: u64 = 300_000;

/// How a browser is.
#[derive(Clone, Copy, Debug)]
pub struct Browser {
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// Whether it asks for dark pages.
    pub is_dark: bool,
    /// Width and height of its window.
    pub size: (u32, u32),
}

impl Browser {
    /// A desktop's, with scripts, light.
    pub const DESKTOP: Self = Self { scripts: true, is_dark: false, size: (1440, 900) };
    /// A phone's.
    pub const PHONE: Self = Self { size: (390, 844), ..Self::DESKTOP };
    /// A desktop's without scripts.
    pub const PLAIN: Self = Self { scripts: false, ..Self::DESKTOP };

    /// The same, dark.
    #[must_use]
    pub const fn dark(self) -> Self {
        Self { is_dark: true, ..self }
    }

    /// Starts it, with a profile of its own.
    ///
    /// # Panics
    /// When it does not start.
    #[must_use]
    pub fn open(self) -> Tab {
        let driver = Driver::start();
        let profile = TempDir::new().expect("a temporary directory");
        let mut arguments: Vec<String> = ARGUMENTS.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let javascript = if self.scripts { 1 } else { BLOCK };
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": {
                "args": arguments,
                "prefs": { "profile.default_content_setting_values.javascript": javascript },
            },
            "timeouts": { "script": SCRIPT_MILLISECONDS_MAX },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        } } });
        let (status, answer) =
            wire::request(driver.port, "POST", "/session", &capabilities).expect("chromedriver answers");
        assert_eq!(status, 200, "the browser does not start: {answer}");
        let session = answer["value"]["sessionId"].as_str().expect("a session has a name").to_owned();
        let tab = Tab::new(driver, profile, session);
        tab.devtools("Emulation.setDeviceMetricsOverride", &self.metrics());
        let scheme = if self.is_dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": scheme }]);
        tab.devtools("Emulation.setEmulatedMedia", &json!({ "features": features }));
        tab
    }

    fn metrics(self) -> Value {
        let (width, height) = self.size;
        let is_phone = width < 600;
        json!({
            "width": width, "height": height, "mobile": is_phone,
            "deviceScaleFactor": if is_phone { 2 } else { 1 },
        })
    }
}
