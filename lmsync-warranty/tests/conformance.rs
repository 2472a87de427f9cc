//! The kit's promises of warranty sources, for each maker.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod subjects;

mod dell {
    lmsync_testkit::conformance_warranty!(crate::subjects::DellSubject);
    lmsync_testkit::conformance_warranty_tokens!(crate::subjects::DellSubject);
}

mod lenovo {
    lmsync_testkit::conformance_warranty!(crate::subjects::LenovoSubject);
}

mod cisco {
    lmsync_testkit::conformance_warranty!(crate::subjects::CiscoSubject);
    lmsync_testkit::conformance_warranty_tokens!(crate::subjects::CiscoSubject);
}

mod hp {
    lmsync_testkit::conformance_warranty!(crate::subjects::HpSubject);
    lmsync_testkit::conformance_warranty_tokens!(crate::subjects::HpSubject);
}
