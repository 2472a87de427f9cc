//! The conformance suite for every connector: one named test per vendor and promise.
//!
//! `cargo test --test conformance -- --list` reads as a table of what holds.

#[path = "subjects/depot/mod.rs"]
mod depot;
mod subjects;

mod cwrmm {
    lmsync_testkit::conformance!(super::subjects::CwRmm);
    lmsync_testkit::conformance_two_way!(super::subjects::CwRmm);
}

mod depot_cursors {
    lmsync_testkit::conformance!(super::depot::DepotCursors);
    lmsync_testkit::conformance_pointers!(super::depot::DepotCursors);
}

mod depot_export {
    lmsync_testkit::conformance!(super::depot::DepotExport);
}

mod depot_links {
    lmsync_testkit::conformance!(super::depot::DepotLinks);
    lmsync_testkit::conformance_pointers!(super::depot::DepotLinks);
}

mod depot_nested {
    lmsync_testkit::conformance!(super::depot::DepotNested);
}

mod halo_itsm {
    lmsync_testkit::conformance!(super::subjects::HaloItsm);
    lmsync_testkit::conformance_two_way!(super::subjects::HaloItsm);
}

mod halo_psa {
    lmsync_testkit::conformance!(super::subjects::HaloPsa);
    lmsync_testkit::conformance_two_way!(super::subjects::HaloPsa);
}

mod superops {
    lmsync_testkit::conformance!(super::subjects::SuperOpsMsp);
    lmsync_testkit::conformance_two_way!(super::subjects::SuperOpsMsp);
}

mod superops_it {
    lmsync_testkit::conformance!(super::subjects::SuperOpsIt);
    lmsync_testkit::conformance_two_way!(super::subjects::SuperOpsIt);
}

mod syncro {
    lmsync_testkit::conformance!(super::subjects::Syncro);
    lmsync_testkit::conformance_two_way!(super::subjects::Syncro);
}

mod syncro_whole {
    lmsync_testkit::conformance_two_way!(super::subjects::SyncroWhole);
}
