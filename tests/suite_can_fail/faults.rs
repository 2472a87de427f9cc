//! What breaks on the way is repaired or told, never hidden.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use http::{Request, header};
use lmsync::http::{Meter, TransportErrorKind as Kind};
use lmsync::listing::{ListSource, Next, Page, PageKey};
use lmsync::model::Asset;
use lmsync::{Check, Error, Result};

use crate::auth::without_hint;
use crate::calls::{no_hint_in, passed_check, report};
use crate::flaw::{Flaw, Pages};
use crate::pages::{page, page_error, page_result, pages};
use crate::transport::{
    answer, failure, is_failure, never_tries_again, send, status, swallow, tries_again_unseen,
};

proofs! { faults:
    any_single_lost_answer_costs_nothing {
        Shelf {
            "it gives up": never_tries_again(),
            "it tries again and does not tell": tries_again_unseen(),
            "no answer seems an empty one": swallow(is_failure),
            "it tries again and loses an asset": page(crate::pages::lose_one),
        }
    }
    any_single_cut_answer_costs_nothing {
        Shelf {
            "it gives up": never_tries_again(),
            "it tries again and does not tell": tries_again_unseen(),
            "half an answer seems an empty one": swallow(is_failure),
        }
        DepotExport {
            "it gives up": never_tries_again(),
            "half an answer seems an empty one": swallow(is_failure),
        }
    }
    any_single_server_error_costs_nothing {
        Shelf {
            "it gives up": never_tries_again(),
            "it tries again and does not tell": tries_again_unseen(),
            "an error seems an empty answer": swallow(is_failure),
            "it does not know one of them": status(504, 400),
        }
    }
    any_single_refused_connection_costs_nothing {
        Shelf {
            "it gives up": never_tries_again(),
            "it tries again and does not tell": tries_again_unseen(),
            "no connection seems an empty answer": swallow(is_failure),
        }
    }
    any_single_web_page_costs_nothing {
        Shelf {
            "it gives up": never_tries_again(),
            "it tries again and does not tell": tries_again_unseen(),
            "a page seems an empty answer": swallow(is_failure),
        }
    }
    no_answer_ever_is_a_timeout_error {
        Shelf {
            "it seems a refused connection": failure(Kind::Timeout, Kind::Connect),
            "it seems an empty account": swallow(is_failure),
            "it says not what to do": without_hint(),
            "it makes an asset up first": one_made_up_first(),
        }
    }
    no_connection_ever_is_a_network_error {
        Shelf {
            "it seems a late answer": failure(Kind::Connect, Kind::Timeout),
            "it seems an empty account": swallow(is_failure),
            "it says not what to do": without_hint(),
        }
    }
    no_trusted_connection_is_a_tls_error {
        Shelf {
            "it seems a refused connection": failure(Kind::Tls, Kind::Connect),
            "it tries again": tries_again_unseen(),
            "it says not what to do": without_hint(),
        }
    }
    server_errors_without_end_are_a_vendor_error {
        Shelf {
            "they seem an empty account": swallow(is_failure),
            "they seem a refusal": status(503, 403),
            "the status is another": status(503, 500),
        }
    }
    cut_answers_without_end_are_a_decode_error {
        Shelf {
            "they seem a broken connection": failing_instead(Kind::Interrupted),
            "they seem an empty account": swallow(is_failure),
            "it says not what to do": without_hint(),
        }
    }
    web_pages_without_end_are_a_decode_error {
        Shelf {
            "they seem a broken connection": failing_instead(Kind::Interrupted),
            "they seem an empty account": swallow(is_failure),
            "it says not what to do": without_hint(),
        }
    }
    an_answer_too_large_is_an_error {
        Shelf {
            "it seems a broken connection": failure(Kind::TooLarge, Kind::Interrupted),
            "it tries again": tries_again_unseen(),
            "it seems an empty account": swallow(is_failure),
            "it says not what to do": without_hint(),
        }
    }
    a_redirect_is_an_error_and_is_not_followed {
        Shelf {
            "it is followed": follows_redirects(),
            "it seems an empty account": swallow(is_failure),
            "it seems a missing asset": status(302, 404),
            "it does not say where to": answer(|_, answer| answer.map(|mut answer| {
                answer.headers_mut().remove(header::LOCATION);
                answer
            })),
            "it says not what to do": without_hint(),
        }
        DepotExport {
            "a sign-in is redirected": follows_redirects(),
            "it does not say where to": answer(|_, answer| answer.map(|mut answer| {
                answer.headers_mut().remove(header::LOCATION);
                answer
            })),
            "it seems an empty account": swallow(is_failure),
        }
    }
    a_failure_in_the_middle_ends_an_incomplete_listing {
        Shelf {
            "what came so far seems all": page_result(|_, page| Ok(match page {
                Ok(page) => page.with_total(None),
                Err(_) => Page::only(Vec::new()),
            })),
            "what came so far is lost": pages(|pages, _| Arc::new(AllAtOnce(pages))),
            "it fails although nothing is missing": pages(|pages, _| {
                Arc::new(AllTheSame { pages, failed: Mutex::default() })
            }),
            "it is the vendor's error": page_error(|error| Error::vendor(error.to_string())),
            "it never reads again": never_reads_again(),
        }
        DepotLinks {
            "what came so far seems all": swallow(is_failure),
        }
        DepotExport { "nothing seems all": swallow(is_failure) }
    }
    an_unreachable_vendor_fails_the_check_as_such {
        Shelf {
            "it is said to read assets": passed_check(Check::READ_ASSETS),
            "something else comes first": report(|_, report| report.checks.reverse()),
            "it says not what to do": no_hint_in(Check::REACHABLE),
        }
    }
}

/// Has no answer in place of one that cannot be read.
fn failing_instead(kind: Kind) -> Flaw {
    answer(move |_, answer| {
        if is_failure(&answer) {
            Err(lmsync::http::TransportError::new(kind, "not whole"))
        } else {
            answer
        }
    })
}

fn follows_redirects() -> Flaw {
    send(|wire, request| async move {
        let answer = wire.send(request.clone()).await?;
        let Some(location) = answer.headers().get(header::LOCATION) else {
            return Ok(answer);
        };
        let uri = location
            .to_str()
            .expect("text")
            .parse()
            .expect("an address");
        let (mut parts, body) = request.into_parts();
        parts.uri = uri;
        wire.send(Request::from_parts(parts, body)).await
    })
}

/// Lists an asset of its own before the first error.
fn one_made_up_first() -> Flaw {
    struct MadeUp(Pages<Asset>);

    #[async_trait]
    impl ListSource for MadeUp {
        type Record = Asset;

        async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
            let number = at.number();
            if number > 1 {
                return self.0.page(&PageKey::Number(number - 1), meter).await;
            }
            let now = chrono::DateTime::UNIX_EPOCH;
            let source = lmsync::model::Source::new("shelf", "acme", "0", now);
            let rules = lmsync::model::Rules::default();
            let asset = lmsync::model::AssetDraft::new(source, &rules, now).finish();
            let next = Next::Numbered {
                pages: None,
                more: Some(true),
                size: 1,
            };
            Ok(Page::new(vec![Ok(asset).into()], next))
        }
    }

    // Sound as long as nothing fails: only then does anybody look at what came before.
    pages(|pages, _| Arc::new(MadeUp(pages)))
}

/// Reads everything before it hands anything out.
struct AllAtOnce(Pages<Asset>);

#[async_trait]
impl ListSource for AllAtOnce {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        let number = at.number();
        let mut all = self.0.page(at, meter).await?;
        let last = all.total.unwrap_or_default().div_ceil(50);
        for next in number + 1..=u32::try_from(last).expect("some pages") {
            all.rows
                .extend(self.0.page(&PageKey::Number(next), meter).await?.rows);
        }
        (all.total, all.next) = (None, Next::End);
        Ok(all)
    }
}

/// Reads what failed once more, and fails after it.
struct AllTheSame {
    pages: Pages<Asset>,
    failed: Mutex<Option<Error>>,
}

#[async_trait]
impl ListSource for AllTheSame {
    type Record = Asset;

    async fn page(&self, at: &PageKey, meter: &Meter) -> Result<Page<Asset>> {
        if let Some(error) = self.failed.lock().unwrap().take() {
            return Err(error);
        }
        let mut page = match self.pages.page(at, meter).await {
            Err(error) => {
                *self.failed.lock().unwrap() = Some(error);
                self.pages.page(at, meter).await?
            }
            page => page?,
        };
        if self.failed.lock().unwrap().is_some() {
            page.total = None;
            page.next = Next::Numbered {
                pages: None,
                more: Some(true),
                size: 50,
            };
        }
        Ok(page)
    }
}

fn never_reads_again() -> Flaw {
    let first = Arc::new(Mutex::new(None::<Error>));
    page_result(move |_, page| {
        let mut first = first.lock().unwrap();
        if let (None, Err(error)) = (&*first, &page) {
            *first = Some(error.clone());
        }
        match &*first {
            Some(error) => Err(error.clone()),
            None => page,
        }
    })
}
