pub(crate) const PROVEN: &[&str] = &[];
