//! The connector of `examples/cursor_connector`, held to every promise that the kit knows.

#[path = "../examples/cursor_connector/connector.rs"]
mod connector;
#[path = "../examples/cursor_connector/dates.rs"]
mod dates;
#[path = "../examples/cursor_connector/simulator.rs"]
mod simulator;

#[path = "subjects/harbor.rs"]
mod subject;

lmsync_testkit::conformance!(subject::HarborSubject);
lmsync_testkit::conformance_pointers!(subject::HarborSubject);
lmsync_testkit::conformance_two_way!(subject::HarborSubject);
