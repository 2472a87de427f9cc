//! Which pages are asked for, and what becomes of their rows.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use lmsync_core::listing::Row;
use lmsync_core::model::Customer;
use lmsync_core::{Error, ErrorKind, Rejection};

use crate::vendor::{Page, Vendor, complete, customer, drain, up_to};

#[tokio::test(start_paused = true)]
async fn every_record_comes_once_and_in_order_in_no_more_pages_than_needed() {
    for (records, pages) in [
        (0, 1),
        (1, 1),
        (9, 1),
        (10, 1),
        (11, 2),
        (95, 10),
        (100, 10),
    ] {
        for concurrency in [1, 3, 50] {
            let vendor = Vendor::new(records);
            assert_eq!(complete(vendor.list(concurrency)).await, up_to(records));
            assert_eq!(vendor.asked().len(), pages, "{records} by {concurrency}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pages_overlap_and_no_more_than_allowed() {
    let vendor = Vendor::new(1000);
    complete(vendor.list(8)).await;
    let best = Duration::from_millis(50) * 100_u32.div_ceil(8);
    let spent = vendor.clock.elapsed();
    assert!(spent.as_secs_f64() <= best.as_secs_f64() * 1.3, "{spent:?}");
    assert_eq!(vendor.most_in_flight.load(Ordering::SeqCst), 8);
}

#[tokio::test(start_paused = true)]
async fn read_ahead_waits_for_a_slow_consumer() {
    let vendor = Vendor::new(1000);
    let mut stream = vendor.list(4);
    stream.next().await.unwrap().unwrap();
    vendor.clock.sleep(Duration::from_secs(3600)).await;
    assert!(vendor.asked().len() <= 5, "{:?}", vendor.asked());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_before_the_first_poll_or_after_the_drop() {
    let vendor = Vendor::new(1000);
    let mut stream = vendor.list(4);
    vendor.clock.sleep(Duration::from_secs(1)).await;
    assert!(vendor.asked().is_empty());
    for _ in 0..15 {
        stream.next().await.unwrap().unwrap();
    }
    drop(stream);
    let asked = vendor.asked().len();
    vendor.clock.sleep(Duration::from_secs(3600)).await;
    assert_eq!(vendor.asked().len(), asked);
}

#[tokio::test(start_paused = true)]
async fn a_short_or_empty_page_is_not_the_end() {
    // Ten rows a page are promised; page 2 has three and page 3 none.
    let ids = Arc::new(|number: u32| match number {
        1 => 1..11,
        2 => 11..14,
        3 => 14..14,
        4 => 14..24,
        5 => 24..31,
        _ => 31..31,
    });
    for hint in [Some(true), None] {
        let ids = Arc::clone(&ids);
        let vendor = Vendor::new(30).replying(move |number, mut page| {
            page.rows = ids(number)
                .map(|id| Row::Record(Box::new(customer(id))))
                .collect();
            page.more = hint.filter(|_| number < 5);
            Ok(page)
        });
        let (got, failure, summary) = drain(vendor.list(2)).await;
        assert!(failure.is_none());
        if hint.is_some() {
            assert_eq!(got, up_to(30));
            assert!(summary.complete);
        } else {
            // Without a hint an empty last page cannot be told from the end: said, not hidden.
            assert!(!summary.complete);
            assert!(summary.incomplete_reason.unwrap().contains("more records"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_page_smaller_than_promised_is_followed_up() {
    // The server grants four rows a page and does not say so.
    let vendor = Vendor::new(50).replying(|number, mut page| {
        let start = (number - 1) * 4 + 1;
        page.rows = (start..(start + 4).min(51))
            .map(|id| Row::Record(Box::new(customer(id))))
            .collect();
        page.more = None;
        Ok(page)
    });
    assert_eq!(complete(vendor.list(4)).await, up_to(50));
    // The five pages that were planned, and eight more: all of them up to four at a time.
    assert!(vendor.clock.elapsed() <= Duration::from_millis(50) * 6);
}

#[tokio::test(start_paused = true)]
async fn without_a_count_the_hint_or_a_full_page_leads_on() {
    let no_count = |number: u32, mut page: Page<Customer>| {
        let _ = number;
        page.total = None;
        page.more = page.more.or(Some(false));
        Ok(page)
    };
    let nothing = |_: u32, mut page: Page<Customer>| {
        page.total = None;
        page.more = None;
        Ok(page)
    };
    // Without a hint, only the page after a full one shows that it was the last.
    for (records, hinted, unhinted) in [(35, 4, 4), (40, 4, 5)] {
        for (vendor, pages) in [
            (Vendor::new(records).replying(no_count), hinted),
            (Vendor::new(records).replying(nothing), unhinted),
        ] {
            assert_eq!(complete(vendor.list(4)).await, up_to(records));
            assert_eq!(vendor.asked().len(), pages);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_known_number_of_pages_is_read_ahead_empty_ones_included() {
    for hints in [true, false] {
        let vendor = Vendor::new(500).replying(move |number, mut page| {
            if (2..=40).contains(&number) {
                page.rows.clear();
            }
            page.total = None;
            page.more = hints.then_some(number < 50);
            page.pages = Some(50);
            Ok(page)
        });
        assert_eq!(complete(vendor.list(10)).await.len(), 110);
        assert_eq!(vendor.asked().len(), 50);
        assert_eq!(vendor.most_in_flight.load(Ordering::SeqCst), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_on_two_pages_comes_once() {
    let vendor = Vendor::new(35).replying(|number, mut page| {
        if number == 3 {
            page.rows.insert(0, Row::Record(Box::new(customer(20))));
        }
        Ok(page)
    });
    let (ids, _, summary) = drain(vendor.list(4)).await;
    assert_eq!(ids, up_to(35));
    assert_eq!(summary.duplicates, 1);
    assert_eq!(summary.seen, 35);
}

#[tokio::test(start_paused = true)]
async fn a_row_that_cannot_be_read_is_told_once_on_two_pages() {
    let odd = || Row::Rejected(Rejection::new(Some("10".to_owned()), "odd"));
    let vendor = Vendor::new(35).replying(move |number, mut page| {
        match number {
            1 => page.rows[9] = odd(),
            2 => page.rows.insert(0, odd()),
            _ => {}
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(1)).await;
    assert!(failure.is_none() && summary.complete);
    assert_eq!(ids.len(), 34);
    assert_eq!((summary.rejected.len(), summary.duplicates), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn an_endless_listing_is_an_error() {
    let repeating = |number: u32, mut page: Page<Customer>| {
        if number > 3 {
            page.rows = (21..=30)
                .map(|id| Row::Record(Box::new(customer(id))))
                .collect();
        }
        page.more = Some(true);
        page.total = None;
        Ok(page)
    };
    let inventing = |rows: u32| {
        move |number: u32, mut page: Page<Customer>| {
            let ids = number * 10..number * 10 + rows;
            page.rows = ids.map(|id| Row::Record(Box::new(customer(id)))).collect();
            page.more = Some(true);
            Ok(page)
        }
    };
    // Pages until five brought nothing new, or until records are over twice the count
    // and a thousand.
    for (vendor, pages) in [
        (Vendor::new(30).replying(repeating), 8),
        (Vendor::new(30).replying(inventing(10)), 107),
        (Vendor::new(30).replying(inventing(9)), 118),
    ] {
        let (_, failure, summary) = drain(vendor.list(1)).await;
        let error = failure.unwrap();
        assert_eq!(error.kind(), ErrorKind::Vendor);
        assert!(error.to_string().contains("does not end"), "{error}");
        assert!(!summary.complete);
        assert_eq!(vendor.asked().len(), pages);
    }
}

#[tokio::test(start_paused = true)]
async fn announced_pages_may_be_empty_and_the_last_of_them_is_the_end() {
    let vendor = Vendor::new(30).replying(|_, mut page| {
        page.total = None;
        page.more = Some(true);
        page.pages = Some(10);
        Ok(page)
    });
    let (ids, failure, _) = drain(vendor.list(1)).await;
    assert_eq!(ids, up_to(30));
    // It claims more beyond its own last page, and has brought nothing new for long.
    assert!(failure.unwrap().to_string().contains("does not end"));
    assert_eq!(vendor.asked().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_last_page_that_claims_more_is_the_end_once_all_are_there() {
    let vendor = Vendor::new(30).replying(|number, mut page| {
        if number > 3 {
            page.rows = (21..=30)
                .map(|id| Row::Record(Box::new(customer(id))))
                .collect();
        }
        page.more = Some(true);
        Ok(page)
    });
    assert_eq!(complete(vendor.list(1)).await, up_to(30));
    assert_eq!(vendor.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn rows_that_cannot_be_read_are_told_and_cost_nobody_else() {
    let vendor = Vendor::new(25).replying(|number, mut page| {
        if number == 2 {
            for (row, vendor_id) in [(0, None), (1, Some("12".to_owned()))] {
                page.rows[row] = Row::Rejected(Rejection::new(vendor_id, "odd"));
            }
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(2)).await;
    assert!(failure.is_none());
    assert_eq!(ids.len(), 23);
    assert_eq!(summary.rejected.len(), 2);
    assert_eq!(summary.seen, 25);
    assert!(summary.complete);
}

#[tokio::test(start_paused = true)]
async fn what_is_none_of_what_is_listed_counts_and_is_not_handed_out() {
    let vendor = Vendor::new(25).replying(|number, mut page| {
        if number == 2 {
            page.rows[3] = Row::Skipped {
                vendor_id: "14".to_owned(),
            };
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(2)).await;
    assert!(failure.is_none() && summary.complete);
    assert_eq!(ids.len(), 24);
    assert!(!ids.contains(&14));
    assert_eq!((summary.seen, summary.skipped), (24, 1));
    assert!(summary.rejected.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_error_ends_the_listing_after_what_came_before_it() {
    let vendor = Vendor::new(50).replying(|number, page| {
        if number == 3 {
            return Err(Error::new(ErrorKind::Permission, "no more"));
        }
        Ok(page)
    });
    let (ids, failure, summary) = drain(vendor.list(4)).await;
    assert_eq!(ids, up_to(20));
    assert_eq!(failure.unwrap().kind(), ErrorKind::Permission);
    assert!(!summary.complete);
    assert!(summary.incomplete_reason.unwrap().contains("no more"));
}
