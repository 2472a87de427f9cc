//! A connector with a flaw in it.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use lmsync::model::{Asset, AssetId};
use lmsync::two_way::{AssetDates, DateChange, DateFields, WriteReport};
use lmsync::{
    AssetQuery, AssetStream, CheckReport, CheckScope, Connector, ConnectorInfo, CustomerStream,
    Environment, Error, Result, SoftwareStream, TwoWaySync,
};

use crate::flaw::Flaw;

/// The connector without the flaw.
#[derive(Clone)]
pub(crate) struct Sound {
    pub(crate) reading: Arc<dyn Connector>,
    /// `None` where it was made for reading only.
    pub(crate) writing: Option<Arc<dyn TwoWaySync>>,
    pub(crate) environment: Environment,
    connect: Arc<Connect>,
}

type Connect = dyn Fn(&Environment) -> Result<Arc<dyn Connector>> + Send + Sync;

impl Sound {
    /// A connector to the account that writes, by `connect`, or as given for reading.
    pub(crate) fn new<F>(
        environment: Environment,
        connect: F,
        reading: Option<Arc<dyn Connector>>,
    ) -> Result<Self>
    where
        F: Fn(&Environment) -> Result<Arc<dyn TwoWaySync>> + Send + Sync + 'static,
    {
        let (reading, writing): (Arc<dyn Connector>, _) = match reading {
            Some(reading) => (reading, None),
            None => {
                let writing = connect(&environment)?;
                (writing.clone(), Some(writing))
            }
        };
        let connect = move |environment: &Environment| -> Result<Arc<dyn Connector>> {
            Ok(connect(environment)?)
        };
        Ok(Self {
            writing,
            ..Self::for_reading(environment, connect, reading)
        })
    }

    /// The connector `reading`, and `connect` to make another.
    pub(crate) fn for_reading<F>(
        environment: Environment,
        connect: F,
        reading: Arc<dyn Connector>,
    ) -> Self
    where
        F: Fn(&Environment) -> Result<Arc<dyn Connector>> + Send + Sync + 'static,
    {
        Self {
            reading,
            writing: None,
            environment,
            connect: Arc::new(connect),
        }
    }

    /// Another connector to the same account that knows nothing of this one.
    pub(crate) fn stranger(&self) -> Arc<dyn Connector> {
        let Environment {
            transport, clock, ..
        } = self.environment.clone();
        (self.connect)(&Environment::new(transport, clock)).expect("it connects as before")
    }

    pub(crate) fn dates(&self) -> &dyn TwoWaySync {
        self.writing.as_deref().expect("a connector that writes")
    }
}

/// The connector with the flaw.
pub(crate) struct FlawedConnector {
    sound: Sound,
    flaw: Flaw,
    info: ConnectorInfo,
}

impl FlawedConnector {
    pub(crate) fn new(sound: Sound, flaw: Flaw) -> Self {
        let mut info = sound.reading.info().clone();
        if let Some(change) = &flaw.info {
            change(&mut info);
        }
        Self { sound, flaw, info }
    }
}

impl fmt::Debug for FlawedConnector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.flaw.debug {
            Some(debug) => debug(f),
            None => self.sound.reading.fmt(f),
        }
    }
}

#[async_trait]
impl Connector for FlawedConnector {
    fn info(&self) -> &ConnectorInfo {
        &self.info
    }

    async fn check(&self, scope: CheckScope) -> CheckReport {
        match &self.flaw.check {
            Some(check) => check(self.sound.clone(), scope).await,
            None => self.sound.reading.check(scope).await,
        }
    }

    fn assets(&self, mut query: AssetQuery) -> AssetStream {
        if let Some(change) = &self.flaw.query {
            change(&mut query);
        }
        match &self.flaw.assets {
            Some(assets) => assets(&self.sound, query),
            None => self.sound.reading.assets(query),
        }
    }

    fn software(&self, query: AssetQuery) -> SoftwareStream {
        match &self.flaw.software {
            Some(software) => software(&self.sound, query),
            None => self.sound.reading.software(query),
        }
    }

    fn customers(&self) -> CustomerStream {
        match &self.flaw.customers {
            Some(customers) => customers(&self.sound),
            None => self.sound.reading.customers(),
        }
    }

    async fn asset(&self, id: &AssetId) -> Result<Asset> {
        match &self.flaw.asset {
            Some(asset) => asset(self.sound.clone(), id.clone()).await,
            None => self.sound.reading.asset(id).await,
        }
    }
}

#[async_trait]
impl TwoWaySync for FlawedConnector {
    fn writable(&self) -> DateFields {
        let writable = || self.sound.dates().writable();
        self.flaw.writable.unwrap_or_else(writable)
    }

    fn clearable(&self) -> DateFields {
        self.sound.dates().clearable()
    }

    async fn read_dates(&self, id: &AssetId) -> Result<AssetDates> {
        match &self.flaw.read_dates {
            Some(read) => read(self.sound.clone(), id.clone()).await,
            None => self.sound.dates().read_dates(id).await,
        }
    }

    async fn write_dates(&self, change: &DateChange) -> Result<WriteReport> {
        match &self.flaw.write_dates {
            Some(write) => write(self.sound.clone(), change.clone()).await,
            None => self.sound.dates().write_dates(change).await,
        }
    }
}

/// What a listing is named after that a flaw makes up.
pub(crate) fn some_scope() -> lmsync::listing::ListingScope {
    lmsync::listing::ListingScope {
        connector: "flawed".to_owned(),
        instance: "acme".to_owned(),
        listing: "assets".to_owned(),
    }
}

/// A listing that fails with `error`.
pub(crate) fn failed<T: lmsync::listing::Listed>(error: Error) -> lmsync::listing::RecordStream<T> {
    lmsync::listing::RecordStream::failed(error, some_scope())
}
