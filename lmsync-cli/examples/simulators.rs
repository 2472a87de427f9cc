//! Simulated accounts of all products on loopback, for tools outside to be tried on. Written to a folder: a configuration of
//! each for platforms, `accounts.toml` of all of them and of hardware makers that know their machines, and with PostgreSQL
//! installed the address of an empty database.
//!
//! ```sh
//! cargo run -p lmsync-cli --example simulators -- FOLDER [MACHINES]
//! ```
//!
//! It runs until its standard input ends, and takes commands there, a line each: `remove N` lets the first N assets of
//! each account go; `miscount` lets Halo count more assets than it lists, and `count` lets it be right again. It answers
//! `ok` once that is so.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Request, Response};
use lmsync::{Clock, SystemClock};
use lmsync_testkit::conformance::TwoWayVendor;
use lmsync_testkit::demo::{DEMO, Limits};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::warranty::MakersSimulator;
use lmsync_testkit::{PostgresServer, ServeOptions, Simulator, SimulatorServer, serve};
use serde_json::{Value, json};

/// A simulator that can be made to count wrongly.
struct Counting {
    simulator: Box<dyn TwoWayVendor>,
    miscounts: bool,
}

impl Simulator for Counting {
    fn respond(&mut self, request: &Request<Bytes>, now: DateTime<Utc>) -> Response<Bytes> {
        let response = self.simulator.respond(request, now);
        match self.miscounts {
            true => response.map(miscounted),
            false => response,
        }
    }
}

/// A list of Halo's assets that counts seven more than there are.
fn miscounted(body: Bytes) -> Bytes {
    let Ok(mut json) = serde_json::from_slice::<Value>(&body) else {
        return body;
    };
    let count = json.get("record_count").and_then(Value::as_u64);
    match count.filter(|_| json.get("assets").is_some()) {
        Some(count) => {
            json["record_count"] = (count + 7).into();
            json.to_string().into()
        }
        None => body,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(
        arguments
            .next()
            .ok_or("name a folder for the configurations")?,
    );
    let machines = arguments.next().map_or(Ok(250), |number| number.parse())?;
    let fleet = Fleet::new(FleetSpec::new(machines, SystemClock::new().now()));
    let makers = MakersSimulator::of(&fleet, SystemClock::new().now());
    let makers = serve(makers, ServeOptions::default()).await?;
    let (mut servers, mut accounts) = (Vec::new(), Vec::new());
    for demo in DEMO {
        let counting = Counting {
            simulator: demo.simulator(fleet.clone(), Limits::None),
            miscounts: false,
        };
        let server = serve(counting, ServeOptions::default()).await?;
        let mut keys = demo.keys(&server.uri());
        keys["name"] = "acme".into();
        keys["requests_per_minute"] = 1_000_000.into();
        let config = json!({ "account": keys }).to_string();
        std::fs::write(folder.join(format!("{}.json", demo.vendor)), config)?;
        keys["name"] = demo.vendor.into();
        accounts.push(keys);
        servers.push(server);
    }
    let tables =
        json!({ "connector": accounts, "warranty": MakersSimulator::tables(&makers.uri()) });
    std::fs::write(folder.join("accounts.toml"), toml::to_string(&tables)?)?;
    let database = PostgresServer::start();
    if let Some(server) = &database {
        std::fs::write(
            folder.join("postgres.url"),
            server.url(&server.create_database()),
        )?;
    }
    println!("ok");
    for line in io::stdin().lines() {
        obey(&line?, &servers)?;
        println!("ok");
    }
    Ok(())
}

fn obey(command: &str, servers: &[SimulatorServer<Counting>]) -> Result<(), Box<dyn Error>> {
    let words: Vec<&str> = command.split_whitespace().collect();
    for server in servers {
        let simulator = server.simulator();
        simulator.with(|counting| match words.as_slice() {
            ["remove", number] => {
                let number = number.parse()?;
                let ids: Vec<String> = counting.simulator.asset_ids().into_iter().collect();
                ids.iter()
                    .take(number)
                    .for_each(|id| counting.simulator.remove_asset(id));
                Ok(())
            }
            ["miscount"] => {
                counting.miscounts = true;
                Ok(())
            }
            ["count"] => {
                counting.miscounts = false;
                Ok::<(), Box<dyn Error>>(())
            }
            _ => Err(format!("no command: {command}").into()),
        })?;
    }
    Ok(())
}
