//! News for open pages, as Server-Sent Events: what has changed, when it changes, and nothing else.
//!
//! A page that waits costs nothing. Changes that come fast are told together. A page that does not read is told
//! how things are when it reads again, not what it has missed.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::document::with_headers;
use super::row::{Row, display_name, key};
use super::usage::{Usage, Watcher};
use super::{Visit, present};
use crate::http::answer::{self, Answer};
use crate::http::auth::Access;
use crate::http::body::AnswerBody;
use crate::http::server::Shared;
use crate::view::{ProcessView, View};

/// What comes faster is told together.
const PAUSE: Duration = Duration::from_millis(40);
/// Sent first: how long a browser waits before it comes again, in milliseconds.
const BEGINNING: &str = "retry: 1000\n\n";
/// How many past values of each process a page of all processes gets.
const SHORT_HISTORY_MAX: usize = 30;

/// The messages of one page, on their way to it.
pub(in crate::http) struct Live(pub(in crate::http) Receiver<Bytes>);

/// One open page.
struct Telling {
    shared: Rc<Shared>,
    messages: Sender<Bytes>,
    access: Access,
    /// Only this process matters.
    only: Option<String>,
    told: Option<Arc<View>>,
    told_usage: HashMap<String, Usage>,
}

/// Answers with news, without an end.
pub(super) async fn answer(visit: &Visit, shared: &Rc<Shared>) -> Answer {
    // One message waits at most: the next is made when it is gone.
    let (messages, receiver) = mpsc::channel(1);
    let telling = Telling {
        shared: Rc::clone(shared),
        messages,
        access: visit.access,
        only: visit.parameters.get("processname").map(str::to_owned),
        told: None,
        told_usage: HashMap::new(),
    };
    tokio::task::spawn_local(telling.go_on());
    let body = AnswerBody::live(Live(receiver));
    let mut answer = with_headers(answer::ok("text/event-stream", body));
    answer.headers_mut().insert(HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));
    answer
}

impl Telling {
    /// Until the page is closed or the servers stop.
    async fn go_on(mut self) -> Option<()> {
        let mut changes = self.shared.engine().changes();
        let meter = Rc::clone(&self.shared.usage);
        let mut watcher = meter.watch(&self.shared);
        self.messages.send(Bytes::from_static(BEGINNING.as_bytes())).await.ok()?;
        self.tell("history", &self.histories()).await?;
        loop {
            // Whatever changes from here on is heard.
            changes.borrow_and_update();
            let view = present(&self.shared).await?;
            if let Some((event, news)) = self.news(&view) {
                self.tell(event, &news).await?;
                self.told = Some(view);
                tokio::time::sleep(PAUSE).await;
                continue;
            }
            self.told = Some(view);
            tokio::select! {
                changed = changes.changed() => changed.ok()?,
                () = watcher.looked() => self.tell_usage(&watcher).await?,
                () = self.messages.closed() => return None,
                () = self.shared.stopped() => return None,
            }
        }
    }

    async fn tell(&self, event: &str, data: &Value) -> Option<()> {
        self.messages.send(Bytes::from(format!("event: {event}\ndata: {data}\n\n"))).await.ok()
    }

    /// What the page does not know yet: at first how every process is, then what changed.
    fn news(&self, view: &View) -> Option<(&'static str, Value)> {
        let matters =
            |process: &ProcessView| self.only.as_ref().is_none_or(|only| *only == display_name(process));
        let Some(told) = &self.told else {
            let all = view.processes.iter().filter(|process| matters(process));
            let keys: Map<_, _> =
                all.map(|process| (display_name(process), Value::from(key(process)))).collect();
            return Some(("keys", Value::Object(keys)));
        };
        let (mut rows, mut gone) = (Vec::new(), Vec::new());
        for difference in differences(&told.processes, &view.processes) {
            match difference {
                Difference::Gone(process) if matters(process) => gone.push(display_name(process)),
                Difference::Is(process) if matters(process) => rows.push(self.row(process)),
                _ => {}
            }
        }
        let is_news = !rows.is_empty() || !gone.is_empty();
        is_news.then(|| ("rows", json!({ "rows": rows, "gone": gone })))
    }

    fn row(&self, process: &ProcessView) -> String {
        Row { process, usage: None, access: self.access, is_hidden: false }.markup("").into_string()
    }

    fn histories(&self) -> Value {
        let length = if self.only.is_some() { usize::MAX } else { SHORT_HISTORY_MAX };
        let histories = self.shared.usage.histories(self.only.as_deref(), length);
        let pairs = histories.into_iter().map(|(name, history)| {
            let values: Vec<Value> = history.into_iter().map(to_json).collect();
            (name, Value::from(values))
        });
        Value::Object(pairs.collect())
    }

    /// What is used, of those processes that use something else than before.
    async fn tell_usage(&mut self, watcher: &Watcher) -> Option<()> {
        let told = Arc::clone(self.told.as_ref()?);
        let mut news = Map::new();
        for process in told.processes.iter() {
            let name = display_name(process);
            if self.only.as_ref().is_some_and(|only| *only != name) {
                continue;
            }
            let Some(usage) = watcher.last(&name) else { continue };
            if self.told_usage.get(&name) != Some(&usage) {
                news.insert(name.clone(), to_json(usage));
                self.told_usage.insert(name, usage);
            }
        }
        self.told_usage.retain(|name, _| watcher.last(name).is_some());
        self.tell("usage", &Value::Object(news)).await
    }
}

fn to_json(usage: Usage) -> Value {
    json!([usage.cpu_percent, usage.resident_bytes])
}

/// How a process differs from what was told of it.
enum Difference<'a> {
    Gone(&'a ProcessView),
    Is(&'a ProcessView),
}

/// Compares two lists that are sorted by group and name.
fn differences<'a>(old: &'a [Arc<ProcessView>], new: &'a [Arc<ProcessView>]) -> Vec<Difference<'a>> {
    let place = |process: &'a ProcessView| (process.group.as_str(), process.name.as_str());
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    let mut found = Vec::new();
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return found,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(before), Some(now)) => place(before).cmp(&place(now)),
        };
        match order {
            Ordering::Less => found.extend(old.next().map(|before| Difference::Gone(before))),
            Ordering::Greater => found.extend(new.next().map(|now| Difference::Is(now))),
            Ordering::Equal => {
                if let (Some(before), Some(now)) = (old.next(), new.next())
                    && (key(before) != key(now) || before.spawnerr != now.spawnerr)
                {
                    found.push(Difference::Is(now));
                }
            }
        }
    }
}
