//! Enums that are lists of words: the same word everywhere.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Debug, Display};
use std::path::Path;
use std::str::FromStr;

use lmsync_core::auth::ClientAuth;
use lmsync_core::http::{Idempotency, TransportErrorKind};
use lmsync_core::json::KeepRaw;
use lmsync_core::model::{
    AdapterClass, AntivirusStatus, Architecture, AssetKind, AssetState, CheckInBasis, Conflict,
    Connectivity, CustomerLink, DateOrder, DefinitionStatus, DiskMedia, DomainRole, IdentityKind,
    IssueCode, OsFamily, OtherSerialKind, Scope, SerialStatus, SizeUnit, Strength, Veto,
    Virtualization,
};
use lmsync_core::observe::WaitReason;
use lmsync_core::tenant_fields::{Form, TenantField};
use lmsync_core::two_way::{Action, DateField, Policy, WriteOutcome, WriteSource};
use lmsync_core::{
    CheckInSupport, Error, ErrorKind, NeverCheckedIn, NotDeleted, RetryClass, WindowVerdict,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The words of `all`, each of which is written and read the same way everywhere.
fn words<T>(all: &[T], as_str: fn(T) -> &'static str) -> Vec<&'static str>
where
    T: Copy + Debug + Display + DeserializeOwned + FromStr<Err = Error> + PartialEq + Serialize,
{
    for one in all {
        let word = as_str(*one);
        assert_eq!(one.to_string(), word);
        assert_eq!(word.parse::<T>().unwrap(), *one);
        let json = serde_json::to_string(one).unwrap();
        assert_eq!(json, format!("\"{word}\""));
        assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *one);
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
        assert!(word.chars().all(is_plain), "{word}");
    }
    let words: Vec<_> = all.iter().copied().map(as_str).collect();
    let different: BTreeSet<_> = words.iter().collect();
    assert_eq!(different.len(), words.len(), "{words:?}");
    refused::<T>(words[0]);
    words
}

/// A word that is not on the list is named, with those that are.
fn refused<T: Debug + DeserializeOwned + FromStr<Err = Error>>(known: &str) {
    let error = "from_tomorrow".parse::<T>().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    let read = serde_json::from_str::<T>("\"from_tomorrow\"").unwrap_err();
    for told in [error.to_string(), read.to_string()] {
        assert!(told.contains("`from_tomorrow`"), "{told}");
        assert!(told.contains(&format!("`{known}`")), "{told}");
    }
    assert!(serde_json::from_str::<T>("7").is_err());
    assert!(known.to_uppercase().parse::<T>().is_err());
}

macro_rules! all_words {
    ($($name:ident),+ $(,)?) => {
        BTreeMap::from([$((stringify!($name), words($name::ALL, $name::as_str))),+])
    };
}

#[test]
fn each_has_one_word_everywhere() {
    let all = all_words!(
        Action,
        AdapterClass,
        AntivirusStatus,
        Architecture,
        AssetKind,
        AssetState,
        CheckInBasis,
        CheckInSupport,
        ClientAuth,
        Conflict,
        Connectivity,
        CustomerLink,
        DateField,
        DateOrder,
        DefinitionStatus,
        DiskMedia,
        DomainRole,
        ErrorKind,
        Form,
        Idempotency,
        IdentityKind,
        IssueCode,
        KeepRaw,
        NeverCheckedIn,
        NotDeleted,
        OsFamily,
        OtherSerialKind,
        Policy,
        RetryClass,
        Scope,
        SerialStatus,
        SizeUnit,
        Strength,
        TenantField,
        TransportErrorKind,
        Veto,
        Virtualization,
        WaitReason,
        WindowVerdict,
        WriteOutcome,
        WriteSource,
    );
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut declared = BTreeSet::new();
    collect(&source, &mut declared);
    let tested: BTreeSet<String> = all.keys().map(ToString::to_string).collect();
    assert_eq!(tested, declared, "a list of words is not tested here");
    insta::assert_json_snapshot!(all);
}

/// The names of the enums that the source declares as lists of words.
fn collect(folder: &Path, names: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let declared = text.lines().filter_map(|line| {
            let name = line.strip_prefix("crate::words!(")?;
            name.split(' ').next()
        });
        names.extend(declared.map(ToOwned::to_owned));
    }
}
