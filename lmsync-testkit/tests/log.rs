//! Alone in its process, since every other subscriber changes what it is about.

use std::thread;

use lmsync_testkit::Log;

#[test]
fn a_thread_that_does_not_listen_takes_nothing_from_one_that_does() {
    let say = || tracing::trace!("something was said");
    let log = Log::start();
    thread::spawn(say).join().expect("the other thread ends");
    say();
    assert_eq!(log.finish().matches("something was said").count(), 1);
}
