//! Makers as the kit's suite wants them: Dell, and what others are made with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::{Environment, Result};
use lmsync_testkit::warranty::conformance::WarrantySubject;
use lmsync_testkit::warranty::{DellSimulator, MakerSpec, WarrantyFleet};
use lmsync_warranty::{Dell, MakerKey, WarrantySource};

/// The key of every simulated maker.
pub(crate) const ID: &str = "simulated-id";
pub(crate) const SECRET: &str = "m4ker-5ecret-41c9-b7f2";
/// The beginning of every token.
pub(crate) const TOKEN: &str = "t0ken-of-a-maker-";

/// A subject of a maker that gives tokens for a key.
macro_rules! with_tokens {
    ($subject:ident: $simulator:ident, $fleet:ident, $connect:expr) => {
        #[derive(Debug)]
        pub(crate) struct $subject;

        impl WarrantySubject for $subject {
            type Maker = $simulator;

            fn maker(machines: usize, now: DateTime<Utc>) -> Self::Maker {
                $simulator::new(MakerSpec::new(WarrantyFleet::$fleet(machines, now)))
            }

            fn connect(environment: &Environment) -> Result<Arc<dyn WarrantySource>> {
                Self::connect_with_secret(environment, SECRET)
            }

            fn connect_with_secret(
                environment: &Environment,
                secret: &str,
            ) -> Result<Arc<dyn WarrantySource>> {
                let connect: fn(&MakerKey, &Environment) -> Result<Arc<dyn WarrantySource>> =
                    $connect;
                // The simulators count sixty a minute.
                connect(
                    &MakerKey::new(ID, secret).requests_per_minute(60),
                    environment,
                )
            }

            fn secrets() -> Vec<String> {
                vec![SECRET.to_owned(), TOKEN.to_owned()]
            }
        }
    };
}

with_tokens!(DellSubject: DellSimulator, dell, |key, environment| {
    Ok(Arc::new(Dell::connect_in(key, environment)?))
});
