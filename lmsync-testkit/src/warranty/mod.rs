//! Hardware makers: simulators of Dell's, Lenovo's, Cisco's and HP's lookups, and the promises of a
//! warranty source, as tests that anyone can run.
//!
//! ```
//! use lmsync_testkit::warranty::{DellSimulator, MakerSpec, WarrantyFleet};
//! use lmsync_testkit::{Stage, conformance};
//! use lmsync_core::http::Meter;
//! use lmsync_warranty::{Answer, Dell, MakerKey, WarrantyQuery, WarrantySource};
//!
//! conformance::run(async {
//!     let stage = Stage::new(
//!         |now| DellSimulator::new(MakerSpec::new(WarrantyFleet::dell(50, now))),
//!         |environment| Dell::connect_in(&MakerKey::new("simulated-id", "m4ker-5ecret-41c9-b7f2"), environment),
//!     );
//!     let machine = stage.change(|maker| maker.fleet().machine(1));
//!     let query = WarrantyQuery::new(&machine.serial);
//!     let answers = stage.account.lookup(&[query.clone()], &Meter::default()).await;
//!     assert!(matches!(answers.get(&query.key()), Some(Answer::Known(_))));
//! });
//! ```

mod cisco;
pub mod conformance;
mod dell;
mod fleet;
mod front;
mod hp;
mod lenovo;
mod makers;
mod reply;
mod switches;

pub use self::cisco::{CiscoApi, CiscoSimulator};
pub use self::dell::{DellApi, DellSimulator};
pub use self::fleet::{Cover, CoverKind, CoveredMachine, Truth, WarrantyFleet};
pub use self::front::{MakerApi, MakerSimulator, MakerSpec, MakerState};
pub use self::hp::{HpApi, HpSimulator};
pub use self::lenovo::{LenovoApi, LenovoSimulator};
pub use self::makers::MakersSimulator;
pub use self::switches::{JobSwitches, MakerSwitches, NotFoundForm, RawAnswer};
