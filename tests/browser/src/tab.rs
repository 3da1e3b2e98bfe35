//! What a person does with a page, and what the browser knows of it.

use base64::Engine as _;
use serde_json::{Value, json};
use supervisor_worlds::patience::wait_until;
use tempfile::TempDir;

use crate::driver::Driver;
use crate::wire;

/// The key under which WebDriver names elements.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The only tab of a browser. Dropping it ends the browser.
#[derive(Debug)]
pub struct Tab {
    session: String,
    driver: Driver,
    /// Removed after the browser has ended, as fields are dropped in their order.
    _profile: TempDir,
}

/// An element of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element(String);

impl Tab {
    pub(crate) fn new(driver: Driver, profile: TempDir, session: String) -> Self {
        Self { session, driver, _profile: profile }
    }

    /// Goes to an address and waits until the page is there.
    ///
    /// # Panics
    /// When it cannot.
    pub fn go(&self, url: &str) {
        self.order("url", &json!({ "url": url }));
    }

    /// The address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        self.ask("url").as_str().unwrap_or_default().to_owned()
    }

    /// The elements that a selector finds.
    #[must_use]
    pub fn all(&self, selector: &str) -> Vec<Element> {
        let found = self.order("elements", &json!({ "using": "css selector", "value": selector }));
        let found = found.as_array().cloned().unwrap_or_default();
        found.iter().filter_map(|element| Some(Element(element[ELEMENT].as_str()?.to_owned()))).collect()
    }

    /// The only element that a selector finds.
    ///
    /// # Panics
    /// When there is none, or more than one.
    #[must_use]
    pub fn one(&self, selector: &str) -> Element {
        let found = self.all(selector);
        assert_eq!(found.len(), 1, "{selector} on {}", self.url());
        found[0].clone()
    }

    /// Clicks the only element that a selector finds, as a mouse does.
    ///
    /// # Panics
    /// When it cannot be clicked.
    pub fn click(&self, selector: &str) {
        let element = self.one(selector);
        self.order(&format!("element/{}/click", element.0), &json!({}));
    }

    /// Types into the only element that a selector finds.
    ///
    /// # Panics
    /// When it takes no text.
    pub fn type_into(&self, selector: &str, text: &str) {
        let element = self.one(selector);
        self.order(&format!("element/{}/value", element.0), &json!({ "text": text }));
    }

    /// The visible text of the only element that a selector finds; empty if there is none.
    #[must_use]
    pub fn text(&self, selector: &str) -> String {
        let found = self.all(selector);
        let Some(element) = found.first() else { return String::new() };
        // It may have been replaced since.
        let (_, answer) = self.send("GET", &format!("element/{}/text", element.0), &Value::Null);
        answer["value"].as_str().unwrap_or_default().to_owned()
    }

    /// How many elements a selector finds that can be seen.
    #[must_use]
    pub fn count_visible(&self, selector: &str) -> usize {
        let found = self.all(selector);
        found.iter().filter(|element| self.ask(&format!("element/{}/displayed", element.0)) == true).count()
    }

    /// Waits until the text of an element contains this.
    pub fn await_text(&self, selector: &str, text: &str) {
        wait_until(&format!("{text:?} in {selector} on {}", self.url()), || {
            self.text(selector).contains(text)
        });
    }

    /// The value of a script's body.
    ///
    /// # Panics
    /// When the script fails.
    #[expect(clippy::must_use_candidate, reason = "most scripts do something")]
    pub fn script(&self, body: &str) -> Value {
        self.order("execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// The value that a script passes to the function that is its last argument.
    ///
    /// # Panics
    /// When the script fails.
    #[must_use]
    pub fn script_later(&self, body: &str) -> Value {
        self.order("execute/async", &json!({ "script": body, "args": [] }))
    }

    /// A command of the browser's own protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) {
        self.order("goog/cdp/execute", &json!({ "cmd": command, "params": parameters }));
    }

    /// What is on the screen, as PNG.
    ///
    /// # Panics
    /// When there is nothing.
    #[must_use]
    pub fn screenshot(&self) -> Vec<u8> {
        let text = self.ask("screenshot");
        let engine = base64::engine::general_purpose::STANDARD;
        engine.decode(text.as_str().unwrap_or_default()).expect("a screenshot is base64")
    }

    /// What the browser complains of since the last time: errors of scripts, violations of the page's policy.
    #[must_use]
    pub fn complaints(&self) -> Vec<String> {
        let entries = self.order("se/log", &json!({ "type": "browser" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["message"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The addresses that were asked for since the last time.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        let entries = self.order("se/log", &json!({ "type": "performance" }));
        let entries = entries.as_array().cloned().unwrap_or_default();
        let messages = entries.iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let is_request = message["method"] == "Network.requestWillBeSent";
            is_request.then(|| message["params"]["request"]["url"].as_str().unwrap_or_default().to_owned())
        });
        messages.collect()
    }

    fn ask(&self, path: &str) -> Value {
        self.expect("GET", path, &Value::Null)
    }

    fn order(&self, path: &str, body: &Value) -> Value {
        self.expect("POST", path, body)
    }

    fn expect(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(method, path, body);
        assert_eq!(status, 200, "{method} {path} {body}: {}", answer["value"]["message"]);
        answer["value"].clone()
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let path = format!("/session/{}/{path}", self.session);
        wire::request(self.driver.port, method, &path, body).expect("chromedriver answers")
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // The driver ends it otherwise.
        let _ =
            wire::request(self.driver.port, "DELETE", &format!("/session/{}", self.session), &Value::Null);
    }
}
