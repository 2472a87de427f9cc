//! All four makers at one address.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{Request, Response};
use serde_json::{Value, json};

use super::cisco::CiscoSimulator;
use super::dell::DellSimulator;
use super::fleet::WarrantyFleet;
use super::front::MakerSpec;
use super::hp::HpSimulator;
use super::lenovo::LenovoSimulator;
use super::reply;
use crate::fleet::Fleet;
use crate::simulator::Simulator;

/// All four makers at one address, told apart by the paths of their APIs.
///
/// ```
/// use chrono::DateTime;
/// use lmsync_testkit::warranty::MakersSimulator;
/// use lmsync_warranty::WarrantyConfig;
///
/// let makers = MakersSimulator::new(40, DateTime::UNIX_EPOCH);
/// assert_eq!(makers.fleets().len(), 4);
/// for table in MakersSimulator::tables("http://127.0.0.1:8080") {
///     let config: WarrantyConfig = serde_json::from_value(table).unwrap();
///     assert!(["cisco", "dell", "hp", "lenovo"].contains(&config.maker().as_str()));
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct MakersSimulator {
    /// Dell.
    pub dell: DellSimulator,
    /// Lenovo.
    pub lenovo: LenovoSimulator,
    /// Cisco.
    pub cisco: CiscoSimulator,
    /// HP.
    pub hp: HpSimulator,
}

impl MakersSimulator {
    /// The makers, with so many machines each, as of `now`.
    #[must_use]
    pub fn new(machines: usize, now: DateTime<Utc>) -> Self {
        Self {
            dell: DellSimulator::new(MakerSpec::new(WarrantyFleet::dell(machines, now))),
            lenovo: LenovoSimulator::new(MakerSpec::new(WarrantyFleet::lenovo(machines, now))),
            cisco: CiscoSimulator::new(MakerSpec::new(WarrantyFleet::cisco(machines, now))),
            hp: HpSimulator::new(MakerSpec::new(WarrantyFleet::hp(machines, now))),
        }
    }

    /// The makers of the machines of `fleet`, as of `now`; HP's jobs take two seconds, so that a program that
    /// runs in real time need not wait.
    ///
    /// ```
    /// use chrono::DateTime;
    /// use lmsync_testkit::fleet::Fleet;
    /// use lmsync_testkit::warranty::MakersSimulator;
    ///
    /// let fleet = Fleet::demo(DateTime::UNIX_EPOCH);
    /// let makers = MakersSimulator::of(&fleet, DateTime::UNIX_EPOCH);
    /// let dell = fleet.machines().find(|machine| machine.manufacturer == "Dell Inc.").unwrap();
    /// assert!(makers.dell.fleet().find(&dell.serial.unwrap()).is_some());
    /// ```
    #[must_use]
    pub fn of(fleet: &Fleet, now: DateTime<Utc>) -> Self {
        let of = |maker: WarrantyFleet| MakerSpec::new(maker.and(fleet.machines()));
        let mut makers = Self {
            dell: DellSimulator::new(of(WarrantyFleet::dell(0, now))),
            lenovo: LenovoSimulator::new(of(WarrantyFleet::lenovo(0, now))),
            cisco: CiscoSimulator::new(of(WarrantyFleet::cisco(0, now))),
            hp: HpSimulator::new(of(WarrantyFleet::hp(0, now))),
        };
        makers.hp.switches().jobs.takes = Some(TimeDelta::seconds(2));
        makers
    }

    /// The machines of each maker.
    #[must_use]
    pub fn fleets(&self) -> [&WarrantyFleet; 4] {
        [
            self.dell.fleet(),
            self.lenovo.fleet(),
            self.cisco.fleet(),
            self.hp.fleet(),
        ]
    }

    /// The `[[warranty]]` tables of a configuration that reach them where they are served at `origin`.
    #[must_use]
    pub fn tables(origin: &str) -> [Value; 4] {
        let with_secret = |maker: &str| json!({ "maker": maker, "client_id": "simulated-id", "client_secret": "m4ker-5ecret-41c9-b7f2", "endpoint": origin });
        let lenovo = json!({ "maker": "lenovo", "client_id": "simulated-id", "endpoint": origin });
        [
            with_secret("dell"),
            lenovo,
            with_secret("cisco"),
            with_secret("hp"),
        ]
    }
}

impl Simulator for MakersSimulator {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let path = request.uri().path();
        match path.split('/').nth(1).unwrap_or_default() {
            "auth" | "PROD" => self.dell.respond(request, now),
            "v2.5" => self.lenovo.respond(request, now),
            "oauth2" | "sn2info" => self.cisco.respond(request, now),
            "oauth" | "productwarranty" => self.hp.respond(request, now),
            _ => reply::json(404, &json!({ "message": "no maker has such a path" })),
        }
    }
}
