//! The kit's promises of warranty sources, for each maker.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[macro_use]
mod subjects;
#[path = "subjects/others.rs"]
mod others;

mod dell {
    lmsync_testkit::conformance_warranty!(crate::subjects::DellSubject);
    lmsync_testkit::conformance_warranty_tokens!(crate::subjects::DellSubject);
}

mod lenovo {
    lmsync_testkit::conformance_warranty!(crate::others::LenovoSubject);
}

mod cisco {
    lmsync_testkit::conformance_warranty!(crate::others::CiscoSubject);
    lmsync_testkit::conformance_warranty_tokens!(crate::others::CiscoSubject);
}

mod hp {
    lmsync_testkit::conformance_warranty!(crate::others::HpSubject);
    lmsync_testkit::conformance_warranty_tokens!(crate::others::HpSubject);
}
