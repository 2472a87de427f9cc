//! Never faster than the vendor allows.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{HeaderValue, Response, StatusCode, header};
use lmsync::{Environment, SharedClock};

use crate::auth::{every_call_by_a_stranger, without_hint};
use crate::flaw::Flaw;
use crate::pages::{lose_one, page};
use crate::transport::{answer, environment, never_tries_again, retry, send, status};

proofs! { throttle:
    the_vendors_refusal_is_waited_out {
        Shelf {
            "it gives up": never_tries_again(),
            "a refusal seems a failure": status(429, 503),
            "it costs an asset": page(lose_one),
        }
    }
    a_429_is_waited_out {
        Shelf {
            "it gives up": never_tries_again(),
            "a refusal seems a failure": status(429, 503),
            "one refusal seems two": repeats_refusals(),
            "it costs an asset": page(lose_one),
        }
        DepotExport { "it gives up": never_tries_again() }
    }
    retry_after_in_seconds_is_obeyed {
        Shelf {
            "it waits as long as it likes": retry_after(|_| None),
            "it waits twice as long": retry_after(|_| Some("180".into())),
        }
        DepotExport {
            "it waits as long as it likes": retry_after(|_| None),
            "it waits a little longer": retry_after(|_| Some("91".into())),
        }
    }
    retry_after_as_a_date_is_obeyed {
        Shelf {
            "it knows no dates": retry_after(|text| text.parse::<u64>().ok().map(|_| text.into())),
            "it waits twice as long": retry_after(|_| Some("240".into())),
        }
    }
    retry_after_that_makes_no_sense_is_no_obstacle {
        Shelf {
            "it does not wait": retry_after(|_| Some("0".into())),
            "it waits two minutes": retry_after(|_| Some("120".into())),
            "it gives up": never_tries_again(),
        }
        DepotExport { "it does not wait": retry_after(|_| Some("0".into())) }
    }
    a_refusal_holds_back_every_request_of_the_account {
        Shelf { "the refused request waits alone": waits_alone() }
        DepotLinks { "the refused request waits alone": waits_alone() }
        DepotExport { "the refused request waits alone": waits_alone() }
    }
    a_refusal_of_one_caller_holds_back_all_others {
        Shelf {
            "the refused request waits alone": waits_alone(),
            "another connector knows nothing of it": environment(|environment| {
                Environment::new(environment.transport, environment.clock)
            }),
        }
    }
    a_refusal_without_end_is_a_rate_limited_error {
        Shelf {
            "it gives up": never_tries_again(),
            "it gives up after four minutes": retry(|policy| {
                policy.patience = Duration::from_secs(4 * 60);
            }),
            "it gives up after five minutes": retry(|policy| {
                // Two requests of 20 ms and the wait between.
                policy.patience = Duration::from_secs(5 * 60);
                policy.cap = policy.patience - Duration::from_millis(40);
                policy.throttled_base = policy.cap;
            }),
            "a refusal seems a failure": status(429, 503),
            "it says not what to do": without_hint(),
        }
    }
    a_refusal_longer_than_patience_ends_every_call_at_once {
        Shelf {
            "it waits for a second": retry_after(|_| Some("1".into())),
            "no call knows of the others": every_call_by_a_stranger(),
            "a refusal seems a failure": status(429, 400),
            "it is waited out": retry(|policy| policy.patience = Duration::from_secs(7200)),
        }
    }
    the_budget_is_never_exceeded {
        Shelf {
            "no call knows of the others": every_call_by_a_stranger(),
            "its clock is fast": environment(|environment| {
                let clock: SharedClock = Arc::new(Fast(environment.clock));
                Environment::new(environment.transport, clock)
            }),
        }
        DepotExport { "no call knows of the others": every_call_by_a_stranger() }
    }
    the_budget_is_never_exceeded_whatever_the_latency {
        Shelf {
            "no call knows of the others": every_call_by_a_stranger(),
            "requests count from their start": counts_from_the_start(),
        }
    }
}

/// Reads `Retry-After` as `change` does.
pub(crate) fn retry_after(change: fn(&str) -> Option<String>) -> Flaw {
    answer(move |_, answer| {
        answer.map(|mut answer| {
            if let Some(value) = answer.headers_mut().remove(header::RETRY_AFTER)
                && let Some(text) = change(value.to_str().expect("text"))
            {
                let value = HeaderValue::from_str(&text).expect("a header");
                answer.headers_mut().insert(header::RETRY_AFTER, value);
            }
            answer
        })
    })
}

/// Answers the request after a refused one with the same refusal.
fn repeats_refusals() -> Flaw {
    let last = Arc::new(Mutex::new(None::<Response<_>>));
    send(move |wire, request| {
        let last = Arc::clone(&last);
        async move {
            if let Some(refusal) = last.lock().unwrap().take() {
                return Ok(refusal);
            }
            let answer = wire.send(request).await?;
            if answer.status() == StatusCode::TOO_MANY_REQUESTS {
                *last.lock().unwrap() = Some(answer.clone());
            }
            Ok(answer)
        }
    })
}

/// Waits in the transport, where nobody else hears of it.
fn waits_alone() -> Flaw {
    send(|wire, request| async move {
        loop {
            let answer = wire.send(request.clone()).await?;
            if answer.status() != StatusCode::TOO_MANY_REQUESTS {
                return Ok(answer);
            }
            wire.clock.sleep(Duration::from_secs(60)).await;
        }
    })
}

/// A clock that gains two seconds a minute.
#[derive(Debug)]
struct Fast(SharedClock);

#[async_trait::async_trait]
impl lmsync::Clock for Fast {
    fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.0.now()
    }

    fn elapsed(&self) -> Duration {
        self.0.elapsed() * 62 / 60
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration * 60 / 62).await;
    }
}

/// Keeps to 120 requests a minute, each counted from when it was sent.
fn counts_from_the_start() -> Flaw {
    let starts = Arc::new(Mutex::new(VecDeque::new()));
    let limited = send(move |wire, request| {
        let starts = Arc::clone(&starts);
        async move {
            loop {
                let now = wire.clock.elapsed();
                let wait = {
                    let mut starts = starts.lock().unwrap();
                    starts.retain(|start| *start + Duration::from_secs(60) > now);
                    if starts.len() < 120 {
                        starts.push_back(now);
                        break;
                    }
                    starts[0] + Duration::from_secs(60) - now
                };
                wire.clock.sleep(wait).await;
            }
            wire.send(request).await
        }
    });
    limited.and(every_call_by_a_stranger())
}
