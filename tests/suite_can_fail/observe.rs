//! Whoever runs many accounts sees whose each line and each request is.

use std::sync::Arc;

use async_trait::async_trait;
use lmsync::Result;
use lmsync::http::Meter;
use lmsync::listing::{ListSource, Page, PageKey};
use lmsync::model::Asset;

use crate::calls::info;
use crate::flaw::{Flaw, Pages};
use crate::pages::pages;
use crate::transport::send;

proofs! { observe:
    every_request_is_counted_under_its_account {
        Shelf {
            "its requests are counted under another name":
                info(|info| info.instance = "other".into()),
            "it sends a request that nobody counts": sends_twice(),
        }
        DepotExport {
            "its requests are counted under another connector":
                info(|info| info.vendor = "other".into()),
        }
    }
    every_line_stands_in_the_callers_span {
        Shelf { "pages are read in a task of their own": leaves_the_span() }
    }
}

/// Sends every request once more, past the client.
fn sends_twice() -> Flaw {
    send(|wire, request| async move {
        let _ = wire.send(request.clone()).await;
        wire.send(request).await
    })
}

/// Reads each page in a task that knows nothing of the caller.
fn leaves_the_span() -> Flaw {
    struct Detached(Pages<Asset>);

    #[async_trait]
    impl ListSource for Detached {
        type Record = Asset;

        async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
            let (pages, at, meter) = (Arc::clone(&self.0), at.clone(), meter.clone());
            let page = tokio::spawn(async move { pages.page(&at, &meter).await });
            page.await.expect("a page or an error")
        }
    }

    pages(|pages, _| Arc::new(Detached(pages)))
}
