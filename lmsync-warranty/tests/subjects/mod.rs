//! The four makers, as the kit's suite wants them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::{Environment, Result};
use lmsync_testkit::warranty::conformance::WarrantySubject;
use lmsync_testkit::warranty::{
    CiscoSimulator, DellSimulator, HpSimulator, LenovoSimulator, MakerSpec, WarrantyFleet,
};
use lmsync_warranty::{Cisco, Dell, Hp, Lenovo, LenovoKey, MakerKey, MemoryCache, WarrantySource};

/// The key of every simulated maker.
const ID: &str = "simulated-id";
const SECRET: &str = "m4ker-5ecret-41c9-b7f2";
/// The beginning of every token.
const TOKEN: &str = "t0ken-of-a-maker-";

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

with_tokens!(CiscoSubject: CiscoSimulator, cisco, |key, environment| {
    Ok(Arc::new(Cisco::connect_in(key, environment)?))
});

with_tokens!(HpSubject: HpSimulator, hp, |key, environment| {
    Ok(Arc::new(Hp::connect_in(key, environment, Arc::new(MemoryCache::new()))?))
});

/// Lenovo, whose ClientID is the whole key.
#[derive(Debug)]
pub(crate) struct LenovoSubject;

impl WarrantySubject for LenovoSubject {
    type Maker = LenovoSimulator;

    fn maker(machines: usize, now: DateTime<Utc>) -> Self::Maker {
        LenovoSimulator::new(MakerSpec::new(WarrantyFleet::lenovo(machines, now)))
    }

    fn connect(environment: &Environment) -> Result<Arc<dyn WarrantySource>> {
        Self::connect_with_secret(environment, ID)
    }

    fn connect_with_secret(
        environment: &Environment,
        secret: &str,
    ) -> Result<Arc<dyn WarrantySource>> {
        Ok(Arc::new(Lenovo::connect_in(
            &LenovoKey::new(secret),
            environment,
        )?))
    }

    fn secrets() -> Vec<String> {
        vec![ID.to_owned()]
    }
}
