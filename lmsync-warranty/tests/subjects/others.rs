//! The makers beside Dell, as the kit's suite wants them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use lmsync_core::{Environment, Result};
use lmsync_testkit::warranty::conformance::WarrantySubject;
use lmsync_testkit::warranty::{
    CiscoSimulator, HpSimulator, LenovoSimulator, MakerSpec, WarrantyFleet,
};
use lmsync_warranty::{Cisco, Hp, Lenovo, LenovoKey, MakerKey, MemoryCache, WarrantySource};

use super::subjects::{ID, SECRET, TOKEN};

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
