//! Texts and times that databases have trouble with.

use chrono::{DateTime, NaiveDate, Utc};
use lmsync_core::model::RawJson;
use lmsync_store::StreamName;

use super::{Night, StoreSubject, account, asset};
use crate::dice::Dice;

/// A name that is a command of SQL, a path or a pattern is stored as it is, and does nothing.
pub async fn names_that_are_commands_are_names<S: StoreSubject>() {
    const NAMES: [&str; 10] = [
        "'; DROP TABLE assets; --",
        "\"; DROP TABLE passes; --",
        "Robert'); DELETE FROM assets WHERE ('1'='1",
        "$1",
        "?1",
        "../../etc/passwd",
        "a/b\\c%2Fd=e",
        "%s%n{}*?[]",
        "\t\r\n\\N\\.\u{1}\u{7f}",
        "ünïcödé \u{202e}\u{1f4bb}",
    ];
    let subject = S::empty().await;
    let store = subject.open().await;
    for name in NAMES {
        let owner = account(name);
        let mut named = asset(&owner, "1");
        named.name = name.to_owned();
        named
            .custom_fields
            .insert(name.to_owned(), RawJson::text(name));
        named.hostname = Some(name.to_owned());
        let mut with_id = asset(&owner, &format!("id {name}!"));
        with_id.name = String::new();
        for night in 1..=2 {
            let landed = Night::new(&owner, night, [named.clone(), with_id.clone()])
                .play(&store)
                .await
                .unwrap();
            assert_eq!((landed.records(), landed.deleted), (2, 0), "{name:?}");
        }
    }
    let rows = subject.rows(StreamName::Assets).await;
    assert_eq!(rows.len(), 2 * NAMES.len());
    for name in NAMES {
        let own = rows.iter().filter(|row| row.account == account(name));
        let mut told: Vec<_> = own
            .map(|row| (row.vendor_id.as_str(), row.name.as_str()))
            .collect();
        told.sort_unstable();
        assert_eq!(told, [("1", name), (format!("id {name}!").as_str(), "")]);
    }
    assert_eq!(subject.passes().await.len(), 2 * NAMES.len());
}

/// NUL, which databases do not take, is U+FFFD wherever it stands.
pub async fn nul_is_replaced<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let acme = account("a\0cme");
    let mut odd = asset(&acme, "a\0b");
    odd.name = "na\0me".to_owned();
    odd.custom_fields
        .insert("fie\0ld".to_owned(), RawJson::text("va\0lue"));
    odd.source.raw = RawJson::new(r#"{"a\u0000b":"c\u0000\\u0000"}"#.to_owned());
    for night in 1..=2 {
        let night = Night::new(&acme, night, [odd.clone()]).incomplete("a \0 gap");
        assert_eq!(night.play(&store).await.unwrap().records(), 1);
    }
    let rows = subject.rows(StreamName::Assets).await;
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.vendor_id.as_str(), row.name.as_str()))
        .collect();
    assert_eq!(told, [("a\u{fffd}b", "na\u{fffd}me")]);
    assert_eq!(subject.passes().await.len(), 2);
}

/// Ids of ten thousand characters that differ in the last are two records.
pub async fn long_ids_are_told_apart<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let acme = account("acme");
    // Random, so that no database can keep it short.
    let mut dice = Dice::seeded(7);
    let long: String = (0..10_000)
        .map(|_| char::from(b'!' + dice.below(90) as u8))
        .collect();
    let fleet = || ["1", "2"].map(|last| asset(&acme, &format!("{long}{last}")));
    for night in 1..=2 {
        let landed = Night::new(&acme, night, fleet())
            .play(&store)
            .await
            .unwrap();
        assert_eq!((landed.records(), landed.deleted), (2, 0));
        if S::COUNTS_CHANGES && night == 2 {
            assert_eq!(landed.unchanged, 2);
        }
    }
    let [first, _] = fleet();
    let landed = Night::new(&acme, 3, [first.clone()])
        .play(&store)
        .await
        .unwrap();
    assert_eq!(landed.deleted, 1);
    let rows = subject.rows(StreamName::Assets).await;
    let live: Vec<_> = rows.iter().filter(|row| row.deleted_at.is_none()).collect();
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].vendor_id, first.source.vendor_id);
}

/// A day or a moment beyond what databases hold costs neither its record nor others.
pub async fn times_that_no_database_holds_are_left_out<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let acme = account("acme");
    let moments = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC];
    let fleet: Vec<_> = moments
        .into_iter()
        .zip([NaiveDate::MIN, NaiveDate::MAX])
        .enumerate()
        .map(|(id, (moment, day))| {
            let mut odd = asset(&acme, &id.to_string());
            odd.last_check_in = Some(moment);
            odd.created_at = Some(moment);
            odd.purchase_date = Some(day);
            odd.memory_bytes = Some(u64::MAX);
            odd.cpu.speed_mhz = Some(f64::NAN);
            odd
        })
        .collect();
    for night in 1..=2 {
        let landed = Night::new(&acme, night, fleet.clone())
            .play(&store)
            .await
            .unwrap();
        assert_eq!(landed.records(), 2);
    }
    let rows = subject.rows(StreamName::Assets).await;
    assert_eq!(rows.len(), 2);
    assert!(
        rows.iter().all(|row| row.last_check_in.is_none()),
        "{rows:?}"
    );
}

/// Ids are compared letter by letter.
pub async fn one_id_in_two_letter_cases_is_two_records<S: StoreSubject>() {
    let subject = S::empty().await;
    let store = subject.open().await;
    let acme = account("acme");
    let fleet = ["a", "A", "a ", "ä", "a\u{308}"].map(|id| asset(&acme, &format!("{id}!")));
    for night in 1..=2 {
        let landed = Night::new(&acme, night, fleet.clone())
            .play(&store)
            .await
            .unwrap();
        assert_eq!((landed.records(), landed.deleted), (5, 0));
    }
    assert_eq!(subject.rows(StreamName::Assets).await.len(), 5);
}
