//! The vendor's own word on how many requests are left, per kind of request.
//!
//! `/v1/rate_limits` is documented by an example only: the names of its buckets do not say
//! which address they count, nor how long a window is. So a bucket is used for what it surely
//! says: so many are left until then. After that moment the general budget and "too many
//! requests" are the measure again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use lmsync_core::json::{LenientObject, lenient_u64};
use serde::Deserialize;

/// No honest wait is longer: the vendor's quota is counted over this long.
const LONGEST_WAIT: Duration = Duration::from_secs(5 * 60);

/// A kind of request that has buckets of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Family {
    Companies,
    Sites,
    Devices,
    Details,
}

impl Family {
    /// The family that a bucket's name speaks of.
    fn of(bucket: &str) -> Option<Self> {
        let name = bucket.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if has(&["create", "update", "delete"]) {
            None
        } else if has(&["detail"]) {
            Some(Self::Details)
        } else if has(&["site"]) {
            Some(Self::Sites)
        } else if has(&["client", "compan"]) {
            Some(Self::Companies)
        } else if has(&["endpoint", "device", "heartbeat"]) {
            Some(Self::Devices)
        } else {
            None
        }
    }
}

/// The answer of `/v1/rate_limits`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RateLimits {
    resources: LenientObject<BTreeMap<String, Buckets>>,
}

/// The counts of one service, by name.
type Buckets = LenientObject<BTreeMap<String, LenientObject<Bucket>>>;

/// One count of requests.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct Bucket {
    #[serde(deserialize_with = "lenient_u64")]
    remaining: Option<u64>,
    #[serde(deserialize_with = "lenient_u64")]
    reset: Option<u64>,
}

/// What is left of each kind of request.
#[derive(Debug, Default)]
pub(crate) struct Allowances(Mutex<BTreeMap<Family, Allowance>>);

#[derive(Debug, Clone, Copy)]
struct Allowance {
    remaining: u64,
    reset: DateTime<Utc>,
}

impl Allowances {
    /// Takes note of the tightest bucket of each family.
    pub(crate) fn learn(&self, limits: &RateLimits) {
        let buckets = limits
            .resources
            .value()
            .into_iter()
            .flat_map(BTreeMap::values)
            .filter_map(LenientObject::value)
            .flatten();
        for (name, bucket) in buckets {
            if let Some(family) = Family::of(name)
                && let Some(allowance) = bucket.value().and_then(Bucket::allowance)
            {
                let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                let tightest = all.entry(family).or_insert(allowance);
                if allowance.remaining < tightest.remaining {
                    *tightest = allowance;
                }
            }
        }
    }

    /// Takes one request of `family` at `now`, or says how long there is none left.
    pub(crate) fn take(&self, family: Family, now: DateTime<Utc>) -> Option<Duration> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let allowance = all.get_mut(&family)?;
        let left = (allowance.reset - now).to_std().unwrap_or_default();
        if left.is_zero() {
            all.remove(&family);
            return None;
        }
        if allowance.remaining == 0 {
            return Some(left.min(LONGEST_WAIT));
        }
        allowance.remaining -= 1;
        None
    }

    /// Forgets `family`: its reset was waited for.
    pub(crate) fn forget(&self, family: Family) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&family);
    }
}

impl Bucket {
    fn allowance(&self) -> Option<Allowance> {
        let reset = i64::try_from(self.reset?).ok()?;
        Some(Allowance {
            remaining: self.remaining?,
            reset: DateTime::from_timestamp(reset, 0)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_603_785_000 + seconds, 0).unwrap()
    }

    fn learned(json: &str) -> Allowances {
        let allowances = Allowances::default();
        allowances.learn(&serde_json::from_str(json).unwrap());
        allowances
    }

    #[test]
    fn what_is_left_is_used_and_then_the_reset_is_waited_for() {
        let allowances = learned(
            r#"{"resources":{"asset":{
                "partner-endpoints":{"limit":35,"remaining":2,"reset":1603785090},
                "partner-endpoints-too":{"limit":35,"remaining":"30","reset":1603785090},
                "partner-endpoints-details":{"limit":35,"remaining":0,"reset":1603789999}},
              "alerts":{"create-endpoint-alert":{"limit":35,"remaining":0,"reset":1603785090}}}}"#,
        );
        assert_eq!(allowances.take(Family::Devices, at(0)), None);
        assert_eq!(allowances.take(Family::Devices, at(0)), None);
        assert_eq!(
            allowances.take(Family::Devices, at(30)),
            Some(Duration::from_secs(60))
        );
        assert_eq!(allowances.take(Family::Devices, at(90)), None);
        assert_eq!(
            allowances.take(Family::Details, at(0)),
            Some(Duration::from_secs(300))
        );
        allowances.forget(Family::Details);
        assert_eq!(allowances.take(Family::Details, at(0)), None);
        assert_eq!(allowances.take(Family::Companies, at(0)), None);
    }

    #[test]
    fn an_answer_of_any_other_shape_limits_nothing() {
        for json in [
            "{}",
            r#"{"resources":[]}"#,
            r#"{"resources":{"asset":null,"x":7}}"#,
            r#"{"resources":{"asset":{"endpoints":{"remaining":0}}}}"#,
            r#"{"resources":{"asset":{"endpoints":{"reset":1603785090}}}}"#,
        ] {
            assert_eq!(learned(json).take(Family::Devices, at(0)), None, "{json}");
        }
    }
}
