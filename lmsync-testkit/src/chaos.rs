//! Random faults, the same ones for the same seed.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use lmsync_core::SharedClock;
use lmsync_core::http::{Transport, TransportError, TransportErrorKind};

use crate::dice::Dice;
use crate::{Fault, FaultyTransport};

/// How long a client listens to silence, as the SDK's own transport does.
const TIME_OUT: Duration = Duration::from_secs(30);
/// The longest that a slow answer, or a vendor that asks for patience, takes.
const LONGEST_WAIT: usize = 20;

/// One kind of thing that goes wrong with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum RandomFault {
    /// Nobody accepts the connection.
    Refused,
    /// The vendor acts, and its answer is lost.
    LostAnswer,
    /// The vendor acts, and only the beginning of its answer's body arrives.
    CutBody,
    /// 500, 502, 503 or 504; half the time the vendor has acted nonetheless.
    ServerError,
    /// A page for people with status 200; the vendor is not asked.
    WebPage,
    /// 429 with a `Retry-After` in seconds, as a date, that makes no sense, or without;
    /// the vendor is not asked.
    TooManyRequests,
    /// The vendor's answer takes up to twenty seconds.
    SlowAnswer,
    /// Nothing comes back for thirty seconds, when the client gives up; half the time
    /// the vendor has acted nonetheless.
    Silence,
}

impl RandomFault {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Refused,
        Self::LostAnswer,
        Self::CutBody,
        Self::ServerError,
        Self::WebPage,
        Self::TooManyRequests,
        Self::SlowAnswer,
        Self::Silence,
    ];

    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::LostAnswer => "lost_answer",
            Self::CutBody => "cut_body",
            Self::ServerError => "server_error",
            Self::WebPage => "web_page",
            Self::TooManyRequests => "too_many_requests",
            Self::SlowAnswer => "slow_answer",
            Self::Silence => "silence",
        }
    }
}

impl fmt::Display for RandomFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A transport whose requests go wrong at random; clones count together.
///
/// What becomes of the n-th request depends on the seed and on n alone, so a run that
/// sends the same requests in the same order meets the same faults. Waits pass on the
/// clock that is given: with a [`VirtualClock`](crate::VirtualClock) they cost nothing.
///
/// ```
/// use std::sync::Arc;
///
/// use lmsync_core::SharedClock;
/// use lmsync_core::http::Transport;
/// use lmsync_testkit::{ChaosTransport, RandomFault};
///
/// fn unreliable(vendor: Arc<dyn Transport>, clock: SharedClock) -> ChaosTransport {
///     ChaosTransport::new(vendor, clock, 17)
///         .with_percent(10)
///         .with_mishaps([RandomFault::LostAnswer, RandomFault::Silence])
/// }
/// ```
#[derive(Debug, Clone)]
pub struct ChaosTransport {
    inner: Arc<dyn Transport>,
    clock: SharedClock,
    seed: u64,
    percent: usize,
    mishaps: Vec<RandomFault>,
    tally: Arc<Mutex<Tally>>,
}

#[derive(Debug, Default)]
struct Tally {
    sent: u64,
    happened: BTreeMap<RandomFault, u64>,
}

impl ChaosTransport {
    /// A transport over `inner` at which anything goes wrong with five requests of a hundred.
    #[must_use]
    pub fn new(inner: Arc<dyn Transport>, clock: SharedClock, seed: u64) -> Self {
        Self {
            inner,
            clock,
            seed,
            percent: 5,
            mishaps: RandomFault::ALL.to_vec(),
            tally: Arc::default(),
        }
    }

    /// Lets so many requests of a hundred go wrong.
    #[must_use]
    pub fn with_percent(mut self, percent: u8) -> Self {
        self.percent = percent.into();
        self
    }

    /// Lets only `mishaps` happen; nothing, where there are none.
    #[must_use]
    pub fn with_mishaps(mut self, mishaps: impl IntoIterator<Item = RandomFault>) -> Self {
        self.mishaps = mishaps.into_iter().collect();
        self
    }

    /// Requests so far, those that went wrong included.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.tally().sent
    }

    /// What went wrong so far, and how often.
    #[must_use]
    pub fn happened(&self) -> BTreeMap<RandomFault, u64> {
        self.tally().happened.clone()
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with the next request, and the chances that are left to it.
    fn draw(&self) -> Option<(RandomFault, Dice)> {
        let mut tally = self.tally();
        tally.sent += 1;
        let mut chance = Dice::new(self.seed, 0xc4a05, tally.sent as usize);
        if !chance.chance(self.percent) {
            return None;
        }
        let mishap = *chance.choose(&self.mishaps)?;
        *tally.happened.entry(mishap).or_default() += 1;
        Some((mishap, chance))
    }

    async fn send_faulty(
        &self,
        request: Request<Bytes>,
        fault: Fault,
    ) -> Result<Response<Bytes>, TransportError> {
        let faulty = FaultyTransport::new(Arc::clone(&self.inner)).with_fault(1, fault);
        faulty.send(request).await
    }

    async fn send_into_silence(&self, request: Request<Bytes>, arrives: bool) -> TransportError {
        if arrives {
            // Whatever comes of it is not heard.
            let _ = self.inner.send(request).await;
        }
        self.clock.sleep(TIME_OUT).await;
        TransportError::new(TransportErrorKind::Timeout, "injected")
    }

    fn too_many_requests(&self, chance: &mut Dice) -> Fault {
        let wait = some_time(chance);
        match chance.below(4) {
            0 => Fault::status(429),
            1 => Fault::status_with_retry_after(429, "a while"),
            2 => Fault::status_with_retry_after(429, wait.as_secs().to_string()),
            _ => {
                let until = self.clock.now() + wait;
                let date = until.format("%a, %d %b %Y %H:%M:%S GMT");
                Fault::status_with_retry_after(429, date.to_string())
            }
        }
    }
}

fn server_error(chance: &mut Dice) -> Fault {
    let status = chance.pick(&[500, 502, 503, 504]);
    match chance.chance(50) {
        true => Fault::Spoil(status),
        false => Fault::status(status),
    }
}

#[async_trait]
impl Transport for ChaosTransport {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let Some((mishap, mut chance)) = self.draw() else {
            return self.inner.send(request).await;
        };
        let fault = match mishap {
            RandomFault::Refused => Fault::Fail(TransportErrorKind::Connect),
            RandomFault::LostAnswer => Fault::LoseAnswer,
            RandomFault::ServerError => server_error(&mut chance),
            RandomFault::WebPage => Fault::web_page(),
            RandomFault::TooManyRequests => self.too_many_requests(&mut chance),
            RandomFault::CutBody => {
                let response = self.inner.send(request).await?;
                return Ok(response.map(|body| beginning(&mut chance, &body)));
            }
            RandomFault::SlowAnswer => {
                let response = self.inner.send(request).await;
                let wait = some_time(&mut chance);
                self.clock.sleep(wait).await;
                return response;
            }
            RandomFault::Silence => {
                let arrives = chance.chance(50);
                return Err(self.send_into_silence(request, arrives).await);
            }
        };
        self.send_faulty(request, fault).await
    }
}

/// A time up to the longest that a vendor keeps one waiting.
fn some_time(chance: &mut Dice) -> Duration {
    Duration::from_secs(1 + chance.below(LONGEST_WAIT) as u64)
}

/// A part of `body` that lacks at least its last byte.
fn beginning(chance: &mut Dice, body: &Bytes) -> Bytes {
    body.slice(..chance.below(body.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::run;
    use crate::{Line, Script, VirtualClock};

    const BODY: &str = "0123456789";

    /// What became of `count` requests, one after another, and what the transport then knows.
    async fn sent(
        count: usize,
        set_up: impl FnOnce(ChaosTransport) -> ChaosTransport,
    ) -> (Vec<String>, ChaosTransport, usize) {
        let clock: SharedClock = Arc::new(VirtualClock::default());
        let lines = (0..count).map(|_| Line::answer(200, BODY));
        let script = Script::new(clock.clone(), lines);
        let chaos = set_up(ChaosTransport::new(Arc::new(script.clone()), clock, 7));
        let mut outcomes = Vec::new();
        for _ in 0..count {
            let started = chaos.clock.elapsed();
            let outcome = chaos.send(Request::new(Bytes::new())).await;
            let took = (chaos.clock.elapsed() - started).as_secs();
            outcomes.push(match outcome {
                Ok(response) => format!("{response:?} {took}"),
                Err(error) => format!("{error} {took}"),
            });
        }
        (outcomes, chaos, script.heard().len())
    }

    #[test]
    fn about_so_many_go_wrong_as_asked_for_and_each_kind_does() {
        run(async {
            let (_, chaos, _) = sent(4_000, |chaos| chaos).await;
            let happened = chaos.happened();
            assert_eq!(chaos.sent(), 4_000);
            assert_eq!(happened.len(), RandomFault::ALL.len());
            let total: u64 = happened.values().sum();
            assert!((150..250).contains(&total), "{total}");
        });
    }

    #[test]
    fn the_same_seed_is_the_same_run_and_another_is_another() {
        run(async {
            let with_seed = |seed| {
                sent(500, move |mut chaos| {
                    chaos.seed = seed;
                    chaos
                })
            };
            let (first, ..) = with_seed(7).await;
            assert_eq!(with_seed(7).await.0, first);
            assert_ne!(with_seed(8).await.0, first);
        });
    }

    #[test]
    fn a_vendor_that_asks_for_patience_asks_for_some_and_not_for_much() {
        run(async {
            let set_up = |chaos: ChaosTransport| {
                let chaos = chaos.with_percent(100);
                chaos.with_mishaps([RandomFault::TooManyRequests])
            };
            let (outcomes, chaos, _) = sent(400, set_up).await;
            let told = |outcome: &String| {
                let (_, rest) = outcome.split_once("\"retry-after\": \"")?;
                Some(rest.split_once('"')?.0.to_owned())
            };
            let told: Vec<String> = outcomes.iter().filter_map(told).collect();
            assert!(told.len() < outcomes.len(), "some say nothing");
            let now = chaos.clock.now();
            let (mut numbers, mut dates, mut words) = (0, 0, 0);
            for text in told {
                let seconds = if let Ok(seconds) = text.parse::<i64>() {
                    numbers += 1;
                    seconds
                } else if let Ok(date) = chrono::DateTime::parse_from_rfc2822(&text) {
                    dates += 1;
                    (date.to_utc() - now).num_seconds()
                } else {
                    assert_eq!(text, "a while");
                    words += 1;
                    continue;
                };
                assert!((1..=20).contains(&seconds), "{text} at {now}");
            }
            assert!(numbers > 50 && dates > 50 && words > 50);
        });
    }

    #[test]
    fn a_mishap_is_shown_by_its_name() {
        for mishap in RandomFault::ALL {
            assert_eq!(mishap.to_string(), mishap.as_str());
            let words = format!("{mishap:?}").to_lowercase();
            assert_eq!(mishap.as_str().replace('_', ""), words);
        }
    }

    #[test]
    fn nothing_goes_wrong_where_nothing_may() {
        run(async {
            let (_, chaos, heard) = sent(300, |chaos| chaos.with_percent(0)).await;
            assert!(chaos.happened().is_empty());
            assert_eq!(heard, 300);
            let (_, chaos, _) = sent(300, |chaos| chaos.with_percent(100).with_mishaps([])).await;
            assert!(chaos.happened().is_empty());
        });
    }

    /// Outcomes of two hundred requests that all meet `mishap`, and how many the vendor heard.
    async fn all(mishap: RandomFault) -> (Vec<String>, usize) {
        let set_up = |chaos: ChaosTransport| chaos.with_percent(100).with_mishaps([mishap]);
        let (outcomes, chaos, heard) = sent(200, set_up).await;
        assert_eq!(chaos.happened(), BTreeMap::from([(mishap, 200)]));
        (outcomes, heard)
    }

    fn each_holds(outcomes: &[String], one_of: &[&str]) {
        for outcome in outcomes {
            assert!(
                one_of.iter().any(|part| outcome.contains(part)),
                "{outcome}"
            );
        }
        for part in one_of {
            assert!(
                outcomes.iter().any(|outcome| outcome.contains(part)),
                "{part}"
            );
        }
    }

    #[test]
    fn each_mishap_is_what_it_is_called() {
        run(async {
            let (outcomes, heard) = all(RandomFault::Refused).await;
            each_holds(&outcomes, &["Connect"]);
            assert_eq!(heard, 0);
            let (outcomes, heard) = all(RandomFault::LostAnswer).await;
            each_holds(&outcomes, &["Interrupted"]);
            assert_eq!(heard, 200);
            let (outcomes, heard) = all(RandomFault::WebPage).await;
            each_holds(&outcomes, &["text/html"]);
            assert_eq!(heard, 0);
            let (outcomes, heard) = all(RandomFault::ServerError).await;
            each_holds(&outcomes, &["500", "502", "503", "504"]);
            assert!((70..130).contains(&heard), "{heard}");
            let (outcomes, heard) = all(RandomFault::TooManyRequests).await;
            let words = [
                "a while",
                " GMT",
                "\"retry-after\": \"1",
                "{\"content-length\": \"0\"}",
            ];
            for word in words {
                assert!(
                    outcomes.iter().any(|outcome| outcome.contains(word)),
                    "{word}"
                );
            }
            assert!(outcomes.iter().all(|outcome| outcome.contains("429")));
            assert_eq!(heard, 0);
        });
    }

    #[test]
    fn a_cut_body_is_shorter_and_a_slow_answer_is_whole() {
        run(async {
            let (outcomes, heard) = all(RandomFault::CutBody).await;
            assert!(outcomes.iter().all(|outcome| !outcome.contains(BODY)));
            assert!(outcomes.iter().any(|outcome| outcome.contains("0123")));
            assert_eq!(heard, 200);
            let (outcomes, _) = all(RandomFault::SlowAnswer).await;
            assert!(outcomes.iter().all(|outcome| outcome.contains(BODY)));
            assert!(outcomes.iter().all(|outcome| !outcome.ends_with(" 0")));
            let (outcomes, heard) = all(RandomFault::Silence).await;
            assert!(
                outcomes
                    .iter()
                    .all(|outcome| *outcome == "Timeout: injected 30")
            );
            assert!((70..130).contains(&heard), "{heard}");
        });
    }
}
