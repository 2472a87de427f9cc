//! Dates are written once, to the right asset, and what became of them is named.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::{Days, NaiveDate};
use http::{Method, header};
use lmsync::model::AssetId;
use lmsync::two_way::{
    AssetDates, DateChange, DateField, DateFields, WriteOutcome, WriteReport, WriteSource,
};
use lmsync::{AssetQuery, Check, ConnectorExt, Error, ErrorKind, Result};

use crate::calls::{
    self, asset_alone, failed_check, info, no_hint_in, not_reported, read_dates, report, write,
    write_result,
};
use crate::cancel::breaks_when_given_up;
use crate::flaw::Flaw;
use crate::flawed::Sound;
use crate::secrets::debug;
use crate::subjects::KEY;
use crate::throttle::retry_after;
use crate::transport::{Answer, answer, is_failure, request, send, status};
use crate::vendor::slip;
use crate::vendors::Slip;

proofs! { two_way:
    a_date_is_written_and_read_back {
        Shelf {
            "it says so and does nothing": write(|_, _| well()),
            "it says that the vendor ignored it": outcome(WriteOutcome::Ignored),
            "it fails": write_result(|_| Err(Error::vendor("no"))),
            "it reports another day": write_result(|report| {
                report.map(|report| WriteReport::new(report.outcome, AssetDates::default()))
            }),
            "it reads another day": read_dates(|_, _| async { Ok(AssetDates::default()) }),
            "the vendor counts no writes": slip(Slip::CountsNoWrites),
        }
    }
    the_dates_of_an_asset_go_in_one_request {
        SuperOpsMsp { "they go one by one": one_by_one() }
        HaloPsa { "they go one by one": one_by_one() }
        Syncro { "they go one by one": one_by_one() }
        CwRmm { "they go one by one": one_by_one() }
    }
    what_is_written_is_what_a_sync_reads {
        Shelf {
            "a sync reads another date": asset_alone(|asset| asset.purchase_date = None),
        }
        SuperOpsIt {
            "a sync reads another date": asset_alone(|asset| asset.warranty_expiry = None),
        }
    }
    nothing_else_is_touched {
        SuperOpsMsp {
            "another date is set": and_then_writes(|sound, change| async move {
                let field = DateField::PurchaseDate;
                let held = sound.dates().read_dates(&change.asset).await?.get(field).day();
                let change = DateChange::new(change.asset);
                Ok(change.set(field, held, day(2020), WriteSource::Lookup))
            }),
        }
        Shelf {
            "another asset is written to": and_then_writes(to_another),
            "it renames what it wrote to": renames_what_it_wrote(),
            "it does nothing": write(|_, _| well()),
        }
    }
    what_is_held_already_is_not_sent {
        Shelf {
            "it is sent all the same": write(|sound, change| async move {
                force(&sound, &change).await?;
                Ok(WriteReport::new(WriteOutcome::Unchanged, None))
            }),
            "it is said to be written": outcome(WriteOutcome::Written),
        }
    }
    what_changed_since_the_plan_is_not_overwritten {
        Shelf {
            "it is overwritten": write(|sound, change| async move { force(&sound, &change).await }),
            "it is overwritten and said to be refused": write(|sound, change| async move {
                force(&sound, &change).await?;
                Ok(WriteReport::new(WriteOutcome::Refused, None))
            }),
            "it is overwritten and put back": write(|sound, change| async move {
                let before = sound.dates().read_dates(&change.asset).await?;
                force(&sound, &change).await?;
                let field = DateField::PurchaseDate;
                let back = DateChange::new(change.asset);
                let back = back.set(field, None, before.get(field).day().expect("a day"), WriteSource::Undo);
                force(&sound, &back).await?;
                Ok(WriteReport::new(WriteOutcome::Refused, None))
            }),
        }
    }
    an_edit_while_a_failed_write_waits_is_not_overwritten {
        Shelf {
            "it is sent again": sent_again(is_failure),
            "it is written all the same": written_all_the_same(),
            "it is said to be written": outcome(WriteOutcome::Written),
        }
    }
    an_edit_of_a_neighbour_while_a_failed_write_waits_survives {
        SyncroWhole { "it is sent again as it was": sent_again(is_failure) }
        Shelf { "it is not looked up": not_looked_up() }
    }
    an_edit_while_a_write_waits_for_its_turn_is_not_overwritten {
        Shelf {
            "it is written all the same": written_all_the_same(),
            "it is said to be written": outcome(WriteOutcome::Written),
        }
    }
    each_date_has_an_outcome_of_its_own {
        SuperOpsMsp {
            "both are said to be written": outcome(WriteOutcome::Written),
            "both are said to be ignored": outcome(WriteOutcome::Ignored),
        }
        Shelf { "it is written again": written_again() }
    }
    after_a_failure_only_the_missing_date_is_sent {
        SuperOpsMsp {
            "the missing one is not sent": not_looked_up(),
            "it says so and does nothing": write(|_, _| well()),
        }
        Shelf { "it is written again": written_again() }
    }
    what_lands_late_is_noticed_by_the_next_run {
        Shelf {
            "it is not seen": read_dates(|_, _| async { Ok(AssetDates::default()) }),
            "it is said to be written at once": outcome(WriteOutcome::Written),
            "it is said to be refused": outcome(WriteOutcome::Refused),
        }
    }
    a_refusal_longer_than_patience_ends_the_run {
        Shelf {
            "it waits for a second": retry_after(|_| Some("1".into())),
            "it seems a failure": status(429, 400),
        }
    }
    a_write_that_the_vendor_ignores_is_named {
        Shelf {
            "it is said to be written": outcome(WriteOutcome::Written),
            "it is written again": written_again(),
        }
    }
    a_write_that_the_vendor_shifts_is_named {
        Shelf {
            "it is said to be written": outcome(WriteOutcome::Written),
            "it is written again": and_then_writes(|sound, change| async move {
                change_to(&sound, change.asset, day(2024)).await
            }),
        }
    }
    a_lost_answer_writes_nothing_twice {
        Shelf {
            "it is sent again": sent_again(is_failure),
            "it is not looked up": not_looked_up(),
            "it is undone": undone(),
        }
    }
    an_error_after_the_write_writes_nothing_twice {
        Shelf {
            "it is sent again": sent_again(is_failure),
            "it is not looked up": not_looked_up(),
        }
    }
    a_cut_answer_writes_nothing_twice {
        Shelf {
            "it is sent again": sent_again(is_failure),
            "it is undone": undone(),
        }
    }
    an_error_instead_of_the_write_is_made_up_for {
        Shelf {
            "it gives up": status(503, 400),
            "it is not looked up": not_looked_up(),
        }
    }
    a_429_instead_of_the_write_is_waited_out {
        Shelf { "it gives up": status(429, 400) }
    }
    an_outcome_that_cannot_be_known_is_not_called_written {
        Shelf {
            "it is called written": outcome(WriteOutcome::Written),
            "it is an error": write_result(|_| Err(Error::vendor("not known"))),
        }
    }
    a_missing_permission_is_a_permission_error_with_advice {
        Shelf {
            "the secret seems wrong": status(403, 401),
            "it says not what to do": write_result(|report| {
                report.map_err(|error| Error::new(error.kind(), error.message()))
            }),
            "it says nothing where it says what to do": write_result(|report| {
                report.map_err(|error| error.with_hint(""))
            }),
            "it is called written": write(|_, _| well()),
            "nothing is read any more": nothing_is_read_after_a_refusal(),
        }
    }
    the_check_tells_what_writing_needs_and_writes_nothing {
        Shelf {
            "a check fails": failed_check(Check::WRITE_DATES),
            "it does not tell": not_reported(Check::WRITE_DATES),
            "it tells who only reads": report(|scope, report| {
                if !scope.two_way {
                    report.checks.push(Check::passed(Check::WRITE_DATES, "may write"));
                }
            }),
            "it says not what to do": no_hint_in(Check::WRITE_DATES),
            "it tries": calls::check(|sound, scope| async move {
                let (mut assets, _) = sound.reading.collect_assets(AssetQuery::new()).await.expect("assets");
                let change = change_to(&sound, assets.remove(0).id(), day(2020)).await;
                sound.dates().write_dates(&change.expect("a change")).await.ok();
                sound.reading.check(scope).await
            }),
        }
    }
    the_declared_fields_are_the_writable_ones {
        Shelf {
            "it declares none": info(|info| info.capabilities.two_way = DateFields::NONE),
            "it declares one too many": info(|info| info.capabilities.two_way = DateFields::ALL),
            "it writes none": Flaw {
                writable: Some(DateFields::NONE),
                ..info(|info| info.capabilities.two_way = DateFields::NONE)
            },
        }
    }
    an_unknown_asset_is_not_written {
        Shelf {
            "another is written": write(|sound, change| async move {
                let (mut assets, _) = sound.reading.collect_assets(AssetQuery::new()).await?;
                let other = change_to(&sound, assets.remove(0).id(), day(2020)).await?;
                sound.dates().write_dates(&other).await?;
                sound.dates().write_dates(&change).await
            }),
            "it is called written": write(|_, _| well()),
            "it is the vendor's error": status(404, 400),
            "nothing is read any more": nothing_is_read_after_a_refusal(),
        }
    }
    a_date_is_cleared_only_where_that_is_offered {
        Shelf {
            "nothing is cleared": write(|_, _| well()),
            "it is looked up before it is refused": write(|sound, change| async move {
                sound.dates().read_dates(&change.asset).await?;
                sound.dates().write_dates(&change).await
            }),
            "it is the caller's error": write_result(|report| {
                report.map_err(|error| Error::config(error.message()))
            }),
        }
    }
    a_write_dropped_at_any_point_leaves_the_connector_usable {
        Shelf {
            "a request given up breaks the connection": breaks_when_given_up(""),
            "a write given up goes on for ever": held_by_the_given_up(),
            "what was begun is called written": begun_is_written(),
        }
    }
    what_is_not_declared_writable_is_unsupported {
        Shelf {
            "it is called written": write(|_, _| well()),
            "it is the caller's error": write_result(|report| {
                report.map_err(|error| Error::config(error.message()))
            }),
            "it is looked up before it is refused": write(|sound, change| async move {
                sound.dates().read_dates(&change.asset).await?;
                sound.dates().write_dates(&change).await
            }),
        }
    }
    no_mutated_answer_breaks_a_reading_of_dates {
        Shelf {
            "it panics without dates": read_dates(|sound, id| async move {
                Ok(sound.dates().read_dates(&id).await.expect("dates"))
            }),
            "it waits for dates": read_dates(|sound, id| async move {
                match sound.dates().read_dates(&id).await {
                    Ok(dates) => Ok(dates),
                    Err(_) => std::future::pending().await,
                }
            }),
            "a key that nobody knows costs a date": crate::transport::json_with("never heard of", |json| {
                json["bought"] = serde_json::Value::Null;
            }),
        }
    }
    no_mutated_answer_writes_twice_or_misreports {
        Shelf {
            "it is written again": and_then_writes(|sound, change| async move {
                change_to(&sound, change.asset, day(2020)).await
            }),
            "another asset is written to": and_then_writes(to_another),
            "it looks, says so and does nothing": write(|sound, change| async move {
                sound.dates().read_dates(&change.asset).await?;
                well().await
            }),
            "it is called refused": outcome(WriteOutcome::Refused),
            "it is called unchanged": outcome(WriteOutcome::Unchanged),
            "it is called an error": write_result(|_| Err(Error::vendor("no"))),
            "it panics unless it is written": write_result(|report| {
                report.inspect(|report| assert_eq!(report.outcome, WriteOutcome::Written))
            }),
        }
    }
    no_write_shows_a_secret {
        Shelf {
            "the outcome shows it": write_result(|report| {
                report.map(|report| report.with_detail(KEY))
            }),
            "an error shows it": write_result(|report| report.map_err(|error| error.with_hint(KEY))),
            "the connector shows it": debug(|f| f.write_str(KEY)),
            "the log shows it": request(|request| {
                let key = request.headers().get(header::AUTHORIZATION);
                tracing::trace!(key = ?key.map(|key| key.as_bytes().escape_ascii().to_string()));
            }),
        }
    }
    no_journal_shows_a_secret {
        Shelf {
            "it quotes the answer": quotes_in_reports(),
            "an error quotes the answer": quotes_in_refusals(),
            "no failure is journalled": write_result(|_| {
                Ok(WriteReport::new(WriteOutcome::Written, None))
            }),
        }
    }
    a_run_killed_again_and_again_writes_every_date_once {
        Shelf {
            "it writes everything twice": written_again(),
            "it says so and does nothing": write(|_, _| well()),
            "it reads no dates": read_dates(|_, _| async { Ok(AssetDates::default()) }),
        }
    }
}

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).expect("a day")
}

/// Says that all went well.
async fn well() -> Result<WriteReport> {
    Ok(WriteReport::new(WriteOutcome::Written, None))
}

fn outcome(outcome: WriteOutcome) -> Flaw {
    write_result(move |report| report.map(|report| WriteReport::new(outcome, report.held)))
}

/// A change of the day of purchase to `day`, whatever is held now.
async fn change_to(sound: &Sound, asset: AssetId, day: NaiveDate) -> Result<DateChange> {
    let field = DateField::PurchaseDate;
    let held = sound.dates().read_dates(&asset).await?.get(field).day();
    Ok(DateChange::new(asset).set(field, held, day, WriteSource::Lookup))
}

/// Writes `change` even if the vendor holds something else, or the same.
async fn force(sound: &Sound, change: &DateChange) -> Result<WriteReport> {
    let new = change.get(DateField::PurchaseDate).and_then(|due| due.new);
    let new = new.expect("a day");
    let other = change_to(sound, change.asset.clone(), new + Days::new(1)).await?;
    sound.dates().write_dates(&other).await?;
    let due = change_to(sound, change.asset.clone(), new).await?;
    sound.dates().write_dates(&due).await
}

/// Writes as it is to, and once more whatever the vendor holds then.
fn written_all_the_same() -> Flaw {
    write(|sound, change| async move {
        let report = sound.dates().write_dates(&change).await;
        force(&sound, &change).await?;
        report
    })
}

/// Writes what it is to, then something else, and reports on the first.
fn and_then_writes<F, W>(more: F) -> Flaw
where
    F: Fn(Sound, DateChange) -> W + Clone + Send + Sync + 'static,
    W: Future<Output = Result<DateChange>> + Send,
{
    write(move |sound, change| {
        let more = more.clone();
        async move {
            let report = sound.dates().write_dates(&change).await;
            if let Ok(change) = more(sound.clone(), change).await {
                let _ = sound.dates().write_dates(&change).await;
            }
            report.map(|report| WriteReport::new(report.outcome, None))
        }
    })
}

async fn to_another(sound: Sound, change: DateChange) -> Result<DateChange> {
    let (assets, _) = sound.reading.collect_assets(AssetQuery::new()).await?;
    let mut others = assets
        .into_iter()
        .filter(|asset| asset.id() != change.asset);
    let other = others.next().expect("another asset");
    change_to(&sound, other.id(), day(2020)).await
}

fn one_by_one() -> Flaw {
    write(|sound, change| async move {
        let mut last = WriteReport::new(WriteOutcome::Unchanged, None);
        for due in change.changes() {
            let one = DateChange::new(change.asset.clone()).with(*due);
            last = sound.dates().write_dates(&one).await?;
        }
        Ok(last)
    })
}

fn renames_what_it_wrote() -> Flaw {
    let has_written = Arc::new(AtomicBool::new(false));
    let writing = Arc::clone(&has_written);
    let write = write_result(move |report| {
        writing.store(true, Ordering::Relaxed);
        report
    });
    write.and(asset_alone(move |asset| {
        if has_written.load(Ordering::Relaxed) {
            asset.name.push_str(" (updated)");
        }
    }))
}

/// Sends a write again when its answer is `odd`.
fn sent_again(odd: fn(&Answer) -> bool) -> Flaw {
    send(move |wire, request| async move {
        let answer = wire.send(request.clone()).await;
        if request.method() == Method::PUT && odd(&answer) {
            return wire.send(request).await;
        }
        answer
    })
}

/// Sends every write twice.
fn written_again() -> Flaw {
    sent_again(|_| true)
}

/// Calls a write unknown as soon as it fails.
fn not_looked_up() -> Flaw {
    let failures = Arc::new(AtomicUsize::new(0));
    let noted = Arc::clone(&failures);
    let noting = answer(move |_, answer| {
        noted.fetch_add(usize::from(is_failure(&answer)), Ordering::Relaxed);
        answer
    });
    noting.and(write_result(move |report| {
        report.map(|report| match failures.load(Ordering::Relaxed) {
            0 => report,
            _ => WriteReport::new(WriteOutcome::Unknown, None),
        })
    }))
}

/// Clears what it wrote when the answer was odd, and calls it written.
fn undone() -> Flaw {
    send(|wire, request| async move {
        let answer = wire.send(request.clone()).await;
        if request.method() == Method::PUT && is_failure(&answer) {
            let undo = request.map(|_| bytes::Bytes::from_static(br#"{"bought":null}"#));
            return wire.send(undo).await;
        }
        answer
    })
}

/// Fails listings once a write was refused.
fn nothing_is_read_after_a_refusal() -> Flaw {
    let was_refused = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&was_refused);
    let noting = write_result(move |report| {
        noted.fetch_or(report.is_err(), Ordering::Relaxed);
        report
    });
    noting.and(crate::pages::page_result(
        move |_, page| match was_refused.load(Ordering::Relaxed) {
            true => Err(Error::new(ErrorKind::Permission, "refused before")),
            false => page,
        },
    ))
}

/// Writes one change after the other, and waits for those that were given up.
fn held_by_the_given_up() -> Flaw {
    let turn = Arc::new(tokio::sync::Semaphore::new(1));
    write(move |sound, change| {
        let turn = Arc::clone(&turn);
        async move {
            turn.acquire().await.expect("it is never closed").forget();
            let report = sound.dates().write_dates(&change).await;
            turn.add_permits(1);
            report
        }
    })
}

/// Takes what was begun before for written.
fn begun_is_written() -> Flaw {
    let begun = Arc::new(AtomicBool::new(false));
    write(move |sound, change| {
        let was_begun = begun.swap(true, Ordering::Relaxed);
        async move {
            if was_begun {
                return well().await;
            }
            sound.dates().write_dates(&change).await
        }
    })
}

/// Remembers the last answer, with nothing masked.
fn remembering() -> (Flaw, Arc<Mutex<String>>) {
    crate::secrets::remembering(|_| true)
}

fn quotes_in_reports() -> Flaw {
    let (remembering, last) = remembering();
    remembering.and(write_result(move |report| {
        report.or_else(|_| {
            let report = WriteReport::new(WriteOutcome::Unknown, None);
            Ok(report.with_detail(last.lock().unwrap().clone()))
        })
    }))
}

fn quotes_in_refusals() -> Flaw {
    let (remembering, last) = remembering();
    remembering.and(write_result(move |report| {
        report.map_err(|_| Error::vendor(last.lock().unwrap().clone()))
    }))
}
