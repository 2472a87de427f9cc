//! Requests, waits and records of every account, as OpenTelemetry counts them.
//!
//! ```sh
//! cargo run --example metrics
//! ```
//!
//! Reads the embedded simulators and writes the measurements to standard output. With an exporter for OTLP in
//! place of that for standard output, `open_telemetry.rs` is what an application needs.

mod open_telemetry;
use std::error::Error;
use std::sync::Arc;

use futures_util::future::try_join_all;
use lmsync::{AssetQuery, ConnectorExt, Environment};
use lmsync_cli::parts::Simulators;
use opentelemetry::metrics::MeterProvider;
use opentelemetry_sdk::metrics::SdkMeterProvider;

use self::open_telemetry::OpenTelemetry;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let exporter = opentelemetry_stdout::MetricExporter::default();
    let provider = SdkMeterProvider::builder()
        .with_periodic_exporter(exporter)
        .build();
    let metrics = Arc::new(OpenTelemetry::new(&provider.meter("lmsync")));

    // One environment for all accounts: they share connections, budgets and who counts them.
    let environment = Environment::system()?.metrics(metrics);
    let simulators = Simulators::start().await?;
    let read = simulators.accounts.iter().map(|account| async {
        let connector = account.connect_in(&environment)?;
        connector.collect_assets(AssetQuery::new()).await
    });
    try_join_all(read).await?;

    provider.shutdown()?;
    Ok(())
}
