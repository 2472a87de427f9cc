//! Giving up at any point leaves everything usable.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use lmsync::http::{TransportError, TransportErrorKind};
use tokio::sync::{Semaphore, oneshot};

use crate::calls::asset_alone;
use crate::flaw::Flaw;
use crate::transport::{is_failure, never_tries_again, send};

proofs! { cancel:
    a_listing_dropped_at_any_point_leaves_the_connector_usable {
        Shelf {
            "a request given up breaks the connection": breaks_when_given_up(""),
            "a request given up keeps its place": keeps_places_of_the_given_up(),
        }
        DepotExport { "a request given up breaks the connection": breaks_when_given_up("") }
    }
    a_detailed_listing_dropped_at_any_point_leaves_the_connector_usable {
        SuperOpsMsp {
            "a request for detail given up breaks the connection":
                breaks_when_given_up("getAssetSummary"),
        }
    }
    a_call_dropped_at_any_point_leaves_the_connector_usable {
        Shelf {
            "a request given up breaks the connection": breaks_when_given_up(""),
            "a request given up keeps its place": keeps_places_of_the_given_up(),
            "another asset is handed out": asset_alone(|asset| {
                asset.source.vendor_id.push_str("-2");
            }),
        }
    }
    a_dropped_listing_sends_nothing_more {
        Shelf {
            "it goes on trying": goes_on_trying(),
            "it never tries again": never_tries_again(),
        }
        DepotLinks { "it goes on trying": goes_on_trying() }
        DepotExport {
            "it goes on trying": goes_on_trying(),
            "it never tries again": never_tries_again(),
        }
    }
}

/// Sends nothing more once a request with `text` in its body was given up.
pub(crate) fn breaks_when_given_up(text: &'static str) -> Flaw {
    struct UnderWay(Arc<AtomicBool>, bool);

    impl Drop for UnderWay {
        fn drop(&mut self) {
            self.0.fetch_or(!self.1, Ordering::Relaxed);
        }
    }

    let is_broken = Arc::new(AtomicBool::new(false));
    send(move |wire, request| {
        let is_broken = Arc::clone(&is_broken);
        async move {
            if is_broken.load(Ordering::Relaxed) {
                return Err(TransportError::new(TransportErrorKind::Connect, "broken"));
            }
            let is_safe = !String::from_utf8_lossy(request.body()).contains(text);
            let mut under_way = UnderWay(is_broken, is_safe);
            let answer = wire.send(request).await;
            under_way.1 = true;
            answer
        }
    })
}

/// Has one request under way at a time, and counts one that was given up for ever.
fn keeps_places_of_the_given_up() -> Flaw {
    let places = Arc::new(Semaphore::new(1));
    send(move |wire, request| {
        let places = Arc::clone(&places);
        async move {
            places.acquire().await.expect("it is never closed").forget();
            let answer = wire.send(request).await;
            places.add_permits(1);
            answer
        }
    })
}

/// Tries again in a task that nobody can stop.
fn goes_on_trying() -> Flaw {
    send(|wire, request| async move {
        let (tell, told) = oneshot::channel();
        tokio::spawn(async move {
            let mut answer = wire.send(request.clone()).await;
            for _ in 0..20 {
                if !is_failure(&answer) {
                    break;
                }
                wire.clock.sleep(Duration::from_secs(1)).await;
                answer = wire.send(request.clone()).await;
            }
            let _ = tell.send(answer);
        });
        told.await.expect("an answer in the end")
    })
}
