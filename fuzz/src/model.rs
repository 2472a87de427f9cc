//! Values of the model, read from any text.

use chrono::{DateTime, FixedOffset, Months, NaiveDate, TimeDelta, Utc};
use lmsync::model::{
    Architecture, AssetDraft, DateOrder, DateReader, IssueCode, MacAddress, OsFamily, Reading,
    Rules, Serial, SerialPlaceholders, SerialStatus, Size, SizeUnit, Source, VendorInstant,
};
use lmsync::two_way::{AssetRef, SerialIndex};

/// Noon of 31 March 2026.
pub(crate) const NOW: DateTime<Utc> = match DateTime::from_timestamp(1_774_958_400, 0) {
    Some(now) => now,
    None => DateTime::UNIX_EPOCH,
};

/// Days and instants.
///
/// # Panics
/// When a promise is broken.
pub fn date(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let plain = DateReader::new(NOW);
    let day = plain.day(&*text);
    assert_day(&plain, &day, &text);
    for hours in [-12, -5, 0, 9, 14] {
        let zoned = FixedOffset::east_opt(hours * 3600).map_or(plain, |zone| plain.with_zone(zone));
        assert_eq!(zoned.day(&*text), day, "a zone moves the day");
        assert_instant(&zoned, &text);
    }
    for order in [DateOrder::DayFirst, DateOrder::MonthFirst] {
        let ordered = plain.with_order(Some(order)).day(&*text);
        assert!(
            day.value.is_none() || ordered == day,
            "an order moves the day"
        );
    }
    if let Ok(number) = text.trim().parse() {
        assert_epoch(&plain, number);
    }
}

fn assert_day(reader: &DateReader, reading: &Reading<NaiveDate>, text: &str) {
    let Some(day) = reading.value else { return };
    assert_eq!(reader.day(&*day.to_string()), *reading, "read again");
    let last = NOW.date_naive() + Months::new(20 * 12);
    let plausible =
        NaiveDate::from_ymd_opt(1990, 1, 1).is_some_and(|first| (first..=last).contains(&day));
    assert_eq!(
        reading.issues.contains(&IssueCode::ImplausibleDate),
        !plausible,
        "{day}"
    );
    let written = text
        .trim()
        .get(..10)
        .and_then(|date| date.parse::<NaiveDate>().ok());
    assert!(
        written.is_none_or(|written| written == day),
        "{text} is read as {day}"
    );
}

fn assert_instant(reader: &DateReader, text: &str) {
    let Reading { value, issues, .. } = reader.instant(text);
    let Some(at) = value else {
        assert!(
            !issues.contains(&IssueCode::ZoneAssumed),
            "a zone for nothing"
        );
        return;
    };
    assert_eq!(reader.instant(&*at.to_rfc3339()).value, value, "read again");
    if let Some(day) = reader.day(text).value {
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
        assert!(
            (at - midnight).abs() <= TimeDelta::hours(48),
            "{text}: {at} is not on {day}"
        );
    }
}

fn assert_epoch(reader: &DateReader, number: i64) {
    for moment in [
        VendorInstant::EpochMillis(number),
        VendorInstant::EpochSeconds(number),
    ] {
        let at = reader.instant(moment).value;
        assert_eq!(reader.day(moment).value, at.map(|at| at.date_naive()));
    }
}

/// Serial numbers.
///
/// # Panics
/// When a promise is broken.
pub fn serial(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let placeholders = SerialPlaceholders::shipped();
    let serial = Serial::read(Some(&text), &placeholders);
    assert_eq!(serial.key.is_some(), serial.status == SerialStatus::Valid);
    assert_eq!(
        serial.usable().is_some(),
        serial.status == SerialStatus::Valid
    );
    for text in serial.key.iter().chain(&serial.value) {
        assert!(!text.is_empty() && text.trim() == text, "{text:?}");
    }
    if let (Some(value), Some(key)) = (&serial.value, &serial.key) {
        let again = Serial::read(Some(value), &placeholders);
        assert_eq!((again.status, &again.key), (serial.status, &serial.key));
        assert_found(value, key);
    }
}

fn assert_found(serial: &str, key: &str) {
    let mut index = SerialIndex::default();
    let asset = AssetRef::new("vendor", "acme", "1");
    index.insert(asset.clone(), key.to_owned());
    for text in [
        serial.to_owned(),
        format!(" {serial}\n"),
        serial.to_ascii_lowercase(),
    ] {
        assert_eq!(index.find(&text), Ok(&asset), "{text:?}");
    }
}

/// Hardware addresses.
///
/// # Panics
/// When a promise is broken.
pub fn mac(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let Some(mac) = MacAddress::parse(&text) else {
        return;
    };
    let shown = mac.to_string();
    assert_eq!(MacAddress::parse(&shown), Some(mac));
    assert_eq!(MacAddress::new(mac.octets()), mac);
    // Between colons an octet may lack its leading zero.
    let digits = |text: &str| match text.contains(':') {
        true => text.split(':').map(octet).collect(),
        false => octet(text),
    };
    assert_eq!(digits(&text), digits(&shown));
    let json = serde_json::to_string(&mac).map(|json| serde_json::from_str(&json));
    assert!(matches!(json, Ok(Ok(again)) if mac == again));
}

fn octet(text: &str) -> String {
    let digits = text.chars().filter(char::is_ascii_hexdigit);
    format!("{:0>2}", digits.collect::<String>().to_lowercase())
}

/// Sizes.
///
/// # Panics
/// When a promise is broken.
pub fn size(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let bytes = |unit| Size::in_text(&text, unit).and_then(Size::bytes);
    let (decimal, binary) = (bytes(SizeUnit::decimal), bytes(SizeUnit::binary));
    if let (Some(decimal), Some(binary)) = (decimal, binary) {
        assert!(decimal <= binary, "{text}: {decimal} > {binary}");
    }
    for bytes in [decimal, binary].into_iter().flatten() {
        let again = format!("{bytes} B");
        let again = Size::in_text(&again, SizeUnit::decimal).and_then(Size::bytes);
        assert!(bytes > 0 && again == Some(bytes), "{again:?}");
    }
    let rules = Rules::default();
    let mut draft = draft(&rules);
    let (number, unit) = (&*text, SizeUnit::Gigabytes);
    draft.memory(Size::Assumed { number, unit });
    let stated = Size::Stated { number, unit };
    draft.disk(lmsync::model::Disk::default(), Some(stated), Some(stated));
    let asset = draft.finish();
    assert!(asset.memory_bytes != Some(0) && asset.storage_total_bytes != Some(0));
    assert_eq!(asset.memory_bytes, asset.storage_total_bytes);
}

/// Names and versions of operating systems; a line break parts the two.
///
/// # Panics
/// When a promise is broken.
pub fn os(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let (name, version) = text.split_once('\n').unwrap_or((&text, ""));
    let upper = name.to_ascii_uppercase();
    assert_eq!(OsFamily::from_text(name), OsFamily::from_text(&upper));
    assert_eq!(
        Architecture::from_text(name),
        Architecture::from_text(&upper)
    );
    let rules = Rules::default();
    let mut draft = draft(&rules);
    draft.os(name, version).arch(name);
    let os = draft.finish().os;
    assert_eq!(
        os.family,
        OsFamily::from_text(os.name.as_deref().unwrap_or_default())
    );
    for text in [&os.name, &os.version, &os.build].into_iter().flatten() {
        assert!(!text.is_empty() && text.trim() == text, "{os:?}");
    }
}

fn draft(rules: &Rules) -> AssetDraft<'_> {
    AssetDraft::new(Source::new("example", "acme", "1", NOW), rules, NOW)
}
