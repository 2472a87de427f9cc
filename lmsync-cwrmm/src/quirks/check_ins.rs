//! The heartbeat of a batch of companies: when their devices last reported.

use std::collections::HashMap;

use lmsync_core::json::{KeepRaw, Rows, Scalar, WireRow};
use lmsync_core::{Error, ErrorKind, Rejection, Result};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::quirks::rows::key;
use crate::wire;

/// The last check-in of a device, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckIn<'a> {
    /// It reported at this time, in the vendor's text, and is connected or not.
    At(Option<&'a str>, Option<bool>),
    /// It never did.
    Never,
    /// The vendor did not tell, and this is why.
    Unknown(&'a str),
}

/// The times at which the devices of a batch last reported.
#[derive(Debug, Default)]
pub(crate) struct CheckIns {
    beats: HashMap<String, wire::Beat>,
    failures: HashMap<String, String>,
    broken: Option<String>,
}

impl CheckIns {
    /// Of devices for which there is no heartbeat at all.
    pub(crate) fn broken(why: impl Into<String>) -> Self {
        Self {
            broken: Some(why.into()),
            ..Self::default()
        }
    }

    /// What an answer told, or why there is none.
    ///
    /// # Errors
    /// What concerns more than the heartbeat: where nothing gets through any more, the
    /// listing must say so.
    pub(crate) fn of_answer(heartbeat: Result<wire::Heartbeat>) -> Result<Self> {
        match heartbeat {
            Ok(heartbeat) => Ok(Self::told(heartbeat)),
            Err(error) if concerns_the_heartbeat(&error) => Ok(Self::broken(error.to_string())),
            Err(error) => Err(error),
        }
    }

    /// Adds what was told of `company` alone.
    pub(crate) fn add(&mut self, company: &str, alone: Self) {
        self.beats.extend(alone.beats);
        self.failures.extend(alone.failures);
        let why = alone.broken.map(|why| (key(company), why));
        self.failures.extend(why);
    }

    /// What the vendor told, entry by entry: one that cannot be read costs no other.
    pub(crate) fn told(heartbeat: wire::Heartbeat) -> Self {
        let mut told = Self::default();
        for failure in entries(heartbeat.failed_records, &["resource"]) {
            told.add_failure(failure);
        }
        for group in entries(heartbeat.successful_records, &[]) {
            told.add_group(group);
        }
        // "failed" without a word on what failed is a failure of all.
        let failed = heartbeat.status.text() == Some("failed");
        if failed && told.beats.is_empty() && told.failures.is_empty() {
            told.broken = Some("the vendor says `failed`".to_owned());
        }
        told
    }

    fn add_failure(&mut self, failure: Result<wire::BeatFailure, Rejection>) {
        let (id, why) = match &failure {
            Ok(failure) => (
                failure.resource.text(),
                failure.error.text().unwrap_or("no reason given"),
            ),
            Err(bad) => (bad.vendor_id.as_deref(), bad.reason.as_str()),
        };
        let failed = id.map(|id| (key(id), why.to_owned()));
        self.failures.extend(failed);
    }

    fn add_group(&mut self, group: Result<wire::BeatGroup, Rejection>) {
        match group {
            Ok(wire::BeatGroup { endpoints: None }) => {
                self.add_unreadable(None, "a group has no list of devices".to_owned());
            }
            Ok(group) => {
                for beat in entries(group.endpoints.map(elements), &["EndpointID"]) {
                    self.add_beat(beat);
                }
            }
            // Which devices were in it is not known.
            Err(bad) => self.add_unreadable(None, bad.reason),
        }
    }

    fn add_beat(&mut self, beat: Result<wire::Beat, Rejection>) {
        let beat = match beat {
            Ok(beat) => beat,
            Err(bad) => return self.add_unreadable(bad.vendor_id.as_deref(), bad.reason),
        };
        match (&beat.endpoint_id, beat.at.unexpected()) {
            (id, Some(kind)) => {
                self.add_unreadable(id.text(), format!("its time is not text but {kind}"));
            }
            (Scalar::Text(id) | Scalar::InArray(id), None) => {
                self.beats.insert(key(id), beat);
            }
            (Scalar::Unexpected(kind), None) => {
                self.add_unreadable(None, format!("its id is not text but {kind}"));
            }
            // It is about no device.
            (Scalar::Absent | Scalar::Null, None) => {}
        }
    }

    /// Takes note of an entry that cannot be read. Without an id it may be that of any device
    /// of which nothing else is told.
    fn add_unreadable(&mut self, id: Option<&str>, reason: String) {
        match id {
            Some(id) => {
                self.failures.insert(key(id), reason);
            }
            None => self.broken = Some(format!("one of its entries cannot be read: {reason}")),
        }
    }

    /// Why something of it failed, unless the vendor only says that there is nothing.
    pub(crate) fn failure(&self) -> Option<&str> {
        let failures = self.failures.values().map(String::as_str);
        let told = failures.filter(|why| !is_not_found(why));
        self.broken.as_deref().or(told.min())
    }

    /// What is known of `device`, which is one of `company`'s.
    pub(crate) fn of(&self, company: Option<&str>, device: &str) -> CheckIn<'_> {
        if let Some(beat) = self.beats.get(&key(device)) {
            return CheckIn::At(beat.at.text(), beat.availability);
        }
        let failure_of = |id| self.failures.get(&key(id));
        let of_device = failure_of(device);
        match of_device
            .or_else(|| company.and_then(failure_of))
            .or(self.broken.as_ref())
        {
            // There is no heartbeat of it.
            Some(_) if of_device.is_some_and(|why| is_not_found(why)) => CheckIn::Never,
            Some(why) => CheckIn::Unknown(why),
            None => CheckIn::Never,
        }
    }
}

/// Entries read one by one, with the id of those that cannot be; a null is none.
fn entries<R: DeserializeOwned>(
    list: Option<Rows<Box<RawValue>>>,
    id_keys: &'static [&'static str],
) -> impl Iterator<Item = Result<R, Rejection>> {
    let sent = list.into_iter().flatten();
    sent.filter(|entry| entry.get() != "null")
        .map(move |entry| WireRow::read(&entry, id_keys, KeepRaw::No).record)
}

/// A list, or one bare element of it.
fn elements(list: Box<RawValue>) -> Rows<Box<RawValue>> {
    serde_json::from_str(list.get()).unwrap_or_else(|_| Rows(vec![list]))
}

/// Says if a heartbeat failed since there is none.
fn is_not_found(why: &str) -> bool {
    why.trim().eq_ignore_ascii_case("not found")
}

/// Whether a heartbeat that failed with `error` says something about the heartbeat alone.
fn concerns_the_heartbeat(error: &Error) -> bool {
    !matches!(
        error.kind(),
        ErrorKind::Tls | ErrorKind::Authentication | ErrorKind::Config | ErrorKind::Cancelled
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: &str) -> CheckIns {
        CheckIns::told(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn partial_success_is_taken_record_by_record() {
        let told = told(
            r#"{"status":"partial_success",
                "successfulRecords":[{"clientID":"C1","siteID":"s","endpoints":[
                    {"EndpointID":"E1","DcDateTimeUTC":"2025-11-28T05:16:43.565Z","Availability":true},
                    null,{"DcDateTimeUTC":"x"}]},null],
                "failedRecords":[{"resourceType":"Endpoint","resource":"e2","error":"Forbidden"},
                    {"resourceType":"companies","resource":"c2","error":"Not Found"},"odd",{"error":"x"}]}"#,
        );
        let at = CheckIn::At(Some("2025-11-28T05:16:43.565Z"), Some(true));
        assert_eq!(told.of(Some("c1"), "e1"), at);
        assert_eq!(told.of(Some("c1"), "e2"), CheckIn::Unknown("Forbidden"));
        assert_eq!(told.of(Some("c1"), "e3"), CheckIn::Never);
        assert_eq!(told.of(Some("C2"), "e4"), CheckIn::Unknown("Not Found"));
        assert_eq!(told.of(None, "e5"), CheckIn::Never);
    }

    #[test]
    fn an_entry_that_cannot_be_read_costs_only_its_own_device() {
        let told = told(
            r#"{"status":"success","successfulRecords":[{"endpoints":[
                {"EndpointID":"E1","DcDateTimeUTC":"2025-11-28","Availability":true},
                {"EndpointID":"E2","Availability":-1e999},
                {"EndpointID":"E3","DcDateTimeUTC":"2025-11-28","Availability":1e400},
                {"EndpointID":"E4","DcDateTimeUTC":[]}]}],
                "failedRecords":[{"resource":"E5","error":"x","error":"y"},{"resource":"E7","error":1e999}]}"#,
        );
        let at = CheckIn::At(Some("2025-11-28"), Some(true));
        assert_eq!(told.of(None, "e1"), at);
        for (spoilt, why) in [
            ("e4", "its time is not text but array"),
            // Of a key that is given twice the last counts.
            ("e5", "y"),
            ("e7", "1e999"),
        ] {
            let check_in = told.of(None, spoilt);
            assert!(
                matches!(check_in, CheckIn::Unknown(said) if said.contains(why)),
                "{spoilt}: {check_in:?}"
            );
        }
        // A number that no reader takes is text, and no truth value.
        assert_eq!(told.of(None, "e2"), CheckIn::At(None, None));
        assert_eq!(told.of(None, "e3"), CheckIn::At(Some("2025-11-28"), None));
        assert_eq!(told.of(None, "e6"), CheckIn::Never);
    }

    #[test]
    fn an_entry_that_names_no_device_may_be_that_of_any_without_one() {
        let beat = r#"{"EndpointID":"E1","DcDateTimeUTC":"2025-11-28"}"#;
        for groups in [
            format!(r#"{{"endpoints":[{beat},[]]}}"#),
            format!(r#"{{"endpoints":[{beat},{{"EndpointID":{{}}}}]}}"#),
            format!(r#"{{"endpoints":{beat}}},7"#),
            format!(r#"{{"endpoints":{beat}}},{{"endpoints":"none"}}"#),
            format!(r#"{{"endpoints":{beat}}},{{"endpoints":[1e999]}}"#),
        ] {
            let told = told(&format!(r#"{{"successfulRecords":[{groups}]}}"#));
            let at = CheckIn::At(Some("2025-11-28"), None);
            assert_eq!(told.of(None, "e1"), at, "{groups}");
            let other = told.of(None, "e2");
            assert!(matches!(other, CheckIn::Unknown(_)), "{groups}: {other:?}");
        }
    }

    #[test]
    fn a_device_whose_heartbeat_is_not_found_never_checked_in() {
        let told = told(
            r#"{"status":"partial_success","failedRecords":[
                {"resourceType":"Endpoint","resource":"E1","error":"Not Found"},
                {"resourceType":"Endpoint","resource":"E2","error":" not found "},
                {"resourceType":"Endpoint","resource":"E3","error":"Forbidden"},
                {"resourceType":"companies","resource":"C1","error":"Not Found"}]}"#,
        );
        for device in ["e1", "E2"] {
            assert_eq!(told.of(None, device), CheckIn::Never, "{device}");
            assert_eq!(told.of(Some("c1"), device), CheckIn::Never, "{device}");
        }
        assert_eq!(told.of(None, "e3"), CheckIn::Unknown("Forbidden"));
        // Of the company alone nothing is known about one device.
        assert_eq!(told.of(Some("c1"), "e4"), CheckIn::Unknown("Not Found"));
    }

    #[test]
    fn failed_is_never_taken_for_never() {
        let failed = told(r#"{"status":"failed"}"#);
        assert!(matches!(failed.of(None, "e"), CheckIn::Unknown(_)));
        let broken = CheckIns::broken("HTTP 500");
        assert_eq!(broken.of(Some("c"), "e"), CheckIn::Unknown("HTTP 500"));
    }
}
