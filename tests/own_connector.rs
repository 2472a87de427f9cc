//! The connector of `examples/own_connector`, held to every promise that the kit knows.

#[path = "../examples/own_connector/connector.rs"]
mod connector;
#[path = "../examples/own_connector/dates.rs"]
mod dates;
#[path = "../examples/own_connector/simulator.rs"]
mod simulator;

#[path = "subjects/shelf.rs"]
mod subject;

lmsync_testkit::conformance!(subject::ShelfSubject);
lmsync_testkit::conformance_two_way!(subject::ShelfSubject);
