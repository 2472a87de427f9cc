//! The conformance suite for every connector: one named test per vendor and promise.
//!
//! `cargo test --test conformance -- --list` reads as a table of what holds.

mod superops {
    lmsync_testkit::conformance!(crate::subjects::SuperOpsMsp);
}

mod superops_it {
    lmsync_testkit::conformance!(crate::subjects::SuperOpsIt);
}

mod subjects {
    use std::sync::Arc;

    use chrono::{DateTime, Utc};
    use lmsync::superops::{Product, SuperOpsConfig};
    use lmsync::{Connector, Environment, Result};
    use lmsync_testkit::conformance::Subject;
    use lmsync_testkit::fleet::{Fleet, FleetSpec};
    use lmsync_testkit::superops::{self, SuperOpsSimulator, SuperOpsSpec};

    const TOKEN: &str = "0ps-t0ken-canary-51c4be";

    pub(crate) struct SuperOpsMsp;
    pub(crate) struct SuperOpsIt;

    fn vendor(assets: usize, now: DateTime<Utc>, product: superops::Product) -> SuperOpsSimulator {
        let fleet = Fleet::new(FleetSpec::new(assets, now));
        SuperOpsSimulator::new(SuperOpsSpec {
            product,
            token: TOKEN.to_owned(),
            ..SuperOpsSpec::new(fleet)
        })
    }

    fn connect(
        environment: &Environment,
        product: Product,
        token: &str,
    ) -> Result<Arc<dyn Connector>> {
        let config = SuperOpsConfig::new("acmemsp", token).product(product);
        Ok(Arc::new(config.connect_in(environment)?))
    }

    impl Subject for SuperOpsMsp {
        type Vendor = SuperOpsSimulator;
        const PAGE_SIZE: usize = 100;

        fn vendor(assets: usize, now: DateTime<Utc>) -> SuperOpsSimulator {
            vendor(assets, now, superops::Product::Msp)
        }

        fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
            connect(environment, Product::Msp, TOKEN)
        }

        fn connect_with_secret(
            environment: &Environment,
            secret: &str,
        ) -> Result<Arc<dyn Connector>> {
            connect(environment, Product::Msp, secret)
        }

        fn secrets() -> Vec<String> {
            vec![TOKEN.to_owned()]
        }
    }

    impl Subject for SuperOpsIt {
        type Vendor = SuperOpsSimulator;
        const PAGE_SIZE: usize = 100;

        fn vendor(assets: usize, now: DateTime<Utc>) -> SuperOpsSimulator {
            vendor(assets, now, superops::Product::It)
        }

        fn connect(environment: &Environment) -> Result<Arc<dyn Connector>> {
            connect(environment, Product::It, TOKEN)
        }

        fn connect_with_secret(
            environment: &Environment,
            secret: &str,
        ) -> Result<Arc<dyn Connector>> {
            connect(environment, Product::It, secret)
        }

        fn secrets() -> Vec<String> {
            vec![TOKEN.to_owned()]
        }
    }
}
