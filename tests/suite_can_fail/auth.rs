//! Who may read what.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use http::{Response, StatusCode, header};
use lmsync::{Check, Connector, Error, ErrorKind};
use tokio::sync::Semaphore;

use crate::calls::{
    self, asset_result, failed_check, in_report, no_hint_in, not_reported, passed_check,
};
use crate::flaw::Flaw;
use crate::pages::{customer_page_result, page_error};
use crate::transport::{Wire, answer, no_rows, request, send, status, swallow_status};

proofs! { auth:
    the_right_secret_passes_the_check {
        Shelf {
            "a check fails": failed_check(Check::READ_CUSTOMERS),
            "it does not say whether the vendor answers": not_reported(Check::REACHABLE),
            "it does not say whether it is let in": not_reported(Check::AUTHENTICATED),
            "it does not try to read customers": not_reported(Check::READ_CUSTOMERS),
            "it does not try to read assets": not_reported(Check::READ_ASSETS),
            "it does not count": in_report(Check::READ_ASSETS, |check| {
                check.detail = "assets can be listed".into();
            }),
        }
        DepotLinks {
            "it makes a count up": in_report(Check::READ_ASSETS, |check| {
                check.detail = "37 assets can be listed".into();
            }),
        }
    }
    a_wrong_secret_fails_the_check_with_advice {
        Shelf {
            "all is well": calls::report(|_, report| {
                report.checks.iter_mut().for_each(|check| check.ok = true);
            }),
            "the vendor is called unreachable": failed_check(Check::REACHABLE),
            "it is called let in": passed_check(Check::AUTHENTICATED),
            "it says not what to do": no_hint_in(Check::AUTHENTICATED),
            "it is said to read assets": passed_check(Check::READ_ASSETS),
        }
    }
    a_wrong_secret_is_an_authentication_error_and_not_an_empty_account {
        Shelf {
            "the account seems empty": swallow_status::<401>(),
            "a permission seems to be missing": status(401, 403),
            "a listing says not what to do": without_hint(),
            "the customers seem forbidden": customer_page_result(|page| {
                page.map_err(|error| Error::new(ErrorKind::Permission, error.to_string()))
            }),
            "there seem to be no customers": swallow_customers(),
            "an asset seems not to be there": asset_result(|asset| {
                asset.map_err(|error| Error::new(ErrorKind::NotFound, error.to_string()))
            }),
        }
    }
    a_missing_permission_is_a_permission_error_with_advice {
        Shelf {
            "the account seems empty": swallow_status::<403>(),
            "the secret seems wrong": status(403, 401),
            "it says not what to do": without_hint(),
        }
    }
    a_missing_permission_fails_its_own_check_only {
        Shelf {
            "the vendor is called unreachable": failed_check(Check::REACHABLE),
            "the secret is called wrong": failed_check(Check::AUTHENTICATED),
            "customers are called forbidden": failed_check(Check::READ_CUSTOMERS),
            "it is said to read assets": passed_check(Check::READ_ASSETS),
            "it says not what to do": no_hint_in(Check::READ_ASSETS),
        }
    }
    every_request_carries_a_credential {
        Shelf {
            "it does not say who it is": request(|request| {
                request.headers_mut().remove(header::USER_AGENT);
            }),
            "anything may print its key": request(|request| {
                if let Some(key) = request.headers_mut().get_mut(header::AUTHORIZATION) {
                    key.set_sensitive(false);
                }
            }),
            "it tries without its key first": send(|wire, request| async move {
                send_bare(&wire, &request).await;
                wire.send(request).await
            }),
            "it sends no key": request(|request| {
                request.headers_mut().remove(header::AUTHORIZATION);
            }),
        }
        DepotLinks {
            "anything may print its key": request(|request| {
                if let Some(key) = request.headers_mut().get_mut("x-depot-key") {
                    key.set_sensitive(false);
                }
            }),
            "it tries without its key first": send(|wire, request| async move {
                let mut bare = request.clone();
                bare.headers_mut().remove("x-depot-key");
                let _ = wire.send(bare).await;
                wire.send(request).await
            }),
        }
        DepotExport {
            "anything may print its client": request(|request| {
                if request.uri().path() == "/token"
                    && let Some(client) = request.headers_mut().get_mut(header::AUTHORIZATION)
                {
                    client.set_sensitive(false);
                }
            }),
            "it tries without a token first": send(|wire, request| async move {
                if request.uri().path() != "/token" {
                    send_bare(&wire, &request).await;
                }
                wire.send(request).await
            }),
        }
    }
    fifty_callers_at_once_sign_in_once {
        HaloPsa {
            "every caller signs in": every_call_by_a_stranger(),
            "it signs in twice": signs_in_twice(),
        }
        CwRmm { "every caller signs in": every_call_by_a_stranger() }
        DepotExport { "every caller signs in": every_call_by_a_stranger() }
    }
    a_credential_refused_in_the_middle_is_renewed_once_and_costs_nothing {
        HaloPsa {
            "it is not renewed": status(401, 403),
            "it is renewed twice": signs_in_twice(),
            "the page seems empty": instead_of_401(r#"{"record_count":0,"assets":[]}"#),
        }
        Shelf {
            "the page seems empty": swallow_status::<401>(),
            "the vendor seems to have failed": status(401, 400),
            "it says not what to do": without_hint(),
        }
        DepotLinks { "the page seems empty": swallow_status::<401>() }
        DepotExport {
            "it is not renewed": status(401, 403),
            "the export seems empty": swallow_status::<401>(),
        }
    }
    a_caller_that_gives_up_while_signing_in_blocks_no_other {
        HaloPsa {
            "all wait for the first to sign in": all_wait_for_the_first(),
            "every caller signs in": every_call_by_a_stranger(),
        }
    }
    a_late_refusal_of_the_old_credential_keeps_the_new_one {
        HaloPsa {
            "a refusal throws away whatever credential there is": forgets_at_every_refusal(),
            "it is not renewed": status(401, 403),
            "it is renewed twice": signs_in_twice(),
        }
        Shelf {
            "a refusal seems an asset": instead_of_401(r#"{"id":1,"label":"one"}"#),
            "it tries without its key": send(|wire, request| async move {
                let answer = wire.send(request.clone()).await?;
                if answer.status() == StatusCode::UNAUTHORIZED {
                    send_bare(&wire, &request).await;
                }
                Ok(answer)
            }),
        }
        DepotExport { "it is not renewed": status(401, 403) }
    }
}

/// An error of a listing without the advice.
pub(crate) fn without_hint() -> Flaw {
    page_error(|error| Error::new(error.kind(), error.message()))
}

fn swallow_customers() -> Flaw {
    answer(|uri, answer| match uri.path() {
        "/api/companies" => Ok(no_rows()),
        _ => answer,
    })
}

fn instead_of_401(body: &'static str) -> Flaw {
    answer(move |_, answer| {
        answer.map(|answer| match answer.status() {
            StatusCode::UNAUTHORIZED => Response::new(body.into()),
            _ => answer,
        })
    })
}

async fn send_bare(wire: &Wire, request: &http::Request<Bytes>) {
    let mut bare = request.clone();
    bare.headers_mut().remove(header::AUTHORIZATION);
    let _ = wire.send(bare).await;
}

/// Every call for an asset is made by a connector that knows nothing of the others.
pub(crate) fn every_call_by_a_stranger() -> Flaw {
    calls::asset(|sound, id| async move { sound.stranger().asset(&id).await })
}

fn signs_in_twice() -> Flaw {
    send(|wire, request| async move {
        if !request.headers().contains_key(header::AUTHORIZATION) {
            wire.send(request.clone()).await?;
        }
        wire.send(request).await
    })
}

/// The first caller signs in for all, and nobody does when that one gives up.
fn all_wait_for_the_first() -> Flaw {
    let gate = Arc::new(Semaphore::new(1));
    calls::asset(move |sound, id| {
        let gate = Arc::clone(&gate);
        async move {
            gate.acquire().await.expect("it is never closed").forget();
            let asset = sound.reading.asset(&id).await;
            gate.add_permits(1000);
            asset
        }
    })
}

fn forgets_at_every_refusal() -> Flaw {
    let was_refused = Arc::new(AtomicBool::new(false));
    let current: Arc<Mutex<Option<Arc<dyn Connector>>>> = Arc::default();
    let refused = Arc::clone(&was_refused);
    let noting = answer(move |_, answer| {
        let status = answer.as_ref().map(Response::status);
        refused.fetch_or(status == Ok(StatusCode::UNAUTHORIZED), Ordering::Relaxed);
        answer
    });
    noting.and(calls::asset(move |sound, id| {
        let (was_refused, current) = (Arc::clone(&was_refused), Arc::clone(&current));
        async move {
            let connector = {
                let mut current = current.lock().unwrap();
                if was_refused.swap(false, Ordering::Relaxed) {
                    *current = Some(sound.stranger());
                }
                current.get_or_insert(sound.reading.clone()).clone()
            };
            connector.asset(&id).await
        }
    }))
}
