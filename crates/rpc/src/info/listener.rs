//! How deliveries to event listeners go.

use std::time::Duration;

use supervisor_core::figures::{Deliveries, ListenerFigures, PoolFigures};

use super::structure;
use crate::encode::MAX_INT;
use crate::value::Value;

/// The answer to `getAllListenerInfo`: one struct for each pool.
#[must_use]
pub fn all_listener_info(pools: &[PoolFigures]) -> Value {
    Value::Array(pools.iter().map(pool).collect())
}

fn pool(pool: &PoolFigures) -> Value {
    let Deliveries { delivered, failed, slowest } = pool.deliveries;
    structure([
        ("name", pool.name.as_str().into()),
        ("buffer_size", count(pool.buffer_size as u64)),
        ("queued", count(pool.queued as u64)),
        ("accepted", count(pool.accepted)),
        ("delivered", count(delivered)),
        ("failed", count(failed)),
        ("dropped", count(pool.dropped)),
        ("slowest_ms", milliseconds(slowest)),
        ("listeners", Value::Array(pool.listeners.iter().map(listener).collect())),
    ])
}

fn listener(listener: &ListenerFigures) -> Value {
    let Deliveries { delivered, failed, slowest } = listener.deliveries;
    structure([
        ("name", listener.name.as_str().into()),
        ("statename", listener.state.into()),
        ("delivered", count(delivered)),
        ("failed", count(failed)),
        ("slowest_ms", milliseconds(slowest)),
        ("busy_since", Value::Int(listener.busy.map_or(0, |busy| busy.since.0.clamp(0, MAX_INT)))),
        ("busy_serial", listener.busy.map_or(Value::Int(-1), |busy| count(busy.serial))),
    ])
}

/// A number that XML-RPC may have no room for.
fn count(number: u64) -> Value {
    Value::Int(i64::try_from(number).unwrap_or(MAX_INT).min(MAX_INT))
}

fn milliseconds(time: Duration) -> Value {
    count(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use supervisor_core::figures::Busy;
    use supervisor_core::process::ProcessId;
    use supervisor_core::time::WallSeconds;

    use super::*;

    #[test]
    fn a_pool_is_shown_with_its_listeners() {
        let deliveries = Deliveries { delivered: 3, failed: 1, slowest: Duration::from_micros(2500) };
        let listener = ListenerFigures {
            process: ProcessId(1),
            name: "ear_0".into(),
            state: "BUSY",
            deliveries,
            busy: Some(Busy { serial: 7, since: WallSeconds(1000) }),
        };
        let pool = PoolFigures {
            name: "ear".into(),
            buffer_size: 10,
            queued: 2,
            accepted: u64::MAX,
            dropped: 4,
            deliveries,
            listeners: vec![listener],
        };
        let Value::Array(pools) = all_listener_info(&[pool]) else { panic!("no array") };
        assert_eq!(pools[0].get("accepted"), Some(&Value::Int(MAX_INT)));
        assert_eq!(pools[0].get("slowest_ms"), Some(&Value::Int(2)));
        let Some(Value::Array(listeners)) = pools[0].get("listeners") else { panic!("no listeners") };
        assert_eq!(listeners[0].get("busy_serial"), Some(&Value::Int(7)));
        assert_eq!(listeners[0].get("busy_since"), Some(&Value::Int(1000)));
    }
}
