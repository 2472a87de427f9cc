//! The corpus of every target, and mutations of it: the same each time.
//!
//! `LMSYNC_FUZZ_MUTATIONS=100000 cargo test --release -p lmsync-fuzz` is a longer run.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use fastrand::Rng;
use lmsync_fuzz::TARGETS;

/// Mutations per target that reads one value, and per target that asks a whole account.
const MUTATIONS: [usize; 2] = [500, 50];
const MOST_BYTES: usize = 16 * 1024;

fn folder(of: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(of)
}

fn names(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    paths
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let files = names(&folder("corpus").join(target));
    assert!(!files.is_empty(), "{target} has no corpus");
    files.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// The words of the dictionary.
fn words() -> Vec<Vec<u8>> {
    let text = fs::read_to_string(folder("words.dict")).unwrap();
    let quoted = text
        .lines()
        .filter_map(|line| line.strip_prefix('"')?.strip_suffix('"'));
    quoted.map(unescape).collect()
}

/// The bytes of a word, in which `\\`, `\"` and `\xAB` are escapes.
fn unescape(word: &str) -> Vec<u8> {
    let (mut bytes, mut rest) = (Vec::new(), word);
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let (byte, length) = match after.strip_prefix('x') {
            Some(code) => (u8::from_str_radix(&code[..2], 16).unwrap(), 3),
            None => (after.as_bytes()[0], 1),
        };
        bytes.push(byte);
        rest = &after[length..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}

fn replay(target: &str) {
    let (_, run) = TARGETS.iter().find(|(name, _)| *name == target).unwrap();
    let survive = |input: &[u8]| {
        let survived = catch_unwind(AssertUnwindSafe(|| run(input)));
        assert!(
            survived.is_ok(),
            "{target} fails on b\"{}\"",
            input.escape_ascii()
        );
    };
    let (corpus, words) = (corpus(target), words());
    corpus.iter().for_each(|input| survive(input));
    let mut rng = Rng::with_seed(7);
    for _ in 0..mutations(target) {
        let mut input = rng.choice(&corpus).unwrap().clone();
        for _ in 0..rng.usize(1..=4) {
            mutate(&mut rng, &mut input, &corpus, &words);
        }
        survive(&input);
    }
}

fn mutations(target: &str) -> usize {
    let asks_account = matches!(
        target,
        "cwrmm" | "cwrmm_link" | "halo" | "journal" | "superops" | "syncro"
    );
    let wanted = std::env::var("LMSYNC_FUZZ_MUTATIONS");
    wanted.map_or(MUTATIONS[usize::from(asks_account)], |number| {
        number.parse().unwrap()
    })
}

fn mutate(rng: &mut Rng, input: &mut Vec<u8>, corpus: &[Vec<u8>], words: &[Vec<u8>]) {
    let span = |rng: &mut Rng, length: usize, most: usize| {
        let start = rng.usize(0..=length);
        start..rng.usize(start..=length.min(start + most))
    };
    let at = span(rng, input.len(), 16);
    match rng.u8(0..6) {
        0 => input[at].iter_mut().for_each(|byte| *byte = rng.u8(..)),
        1 => drop(input.drain(at)),
        2 => drop(input.splice(at, rng.choice(words).unwrap().iter().copied())),
        3 => {
            let other = rng.choice(corpus).unwrap();
            let part = other[span(rng, other.len(), 256)].to_vec();
            drop(input.splice(at, part));
        }
        4 => input.truncate(at.start),
        _ => {
            let part = input[span(rng, input.len(), 256)].to_vec();
            drop(input.splice(at, part));
        }
    }
    input.truncate(MOST_BYTES);
}

macro_rules! replays {
    ($($target:ident),* $(,)?) => {
        $(
            #[test]
            fn $target() {
                replay(stringify!($target));
            }
        )*

        #[test]
        fn no_target_is_forgotten() {
            let targets: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).collect();
            assert_eq!(targets, [$(stringify!($target)),*]);
            for (of, suffix) in [("corpus", ""), ("fuzz_targets", ".rs")] {
                let expected: Vec<PathBuf> = targets
                    .iter()
                    .map(|name| folder(of).join(format!("{name}{suffix}")))
                    .collect();
                assert_eq!(names(&folder(of)), expected);
            }
        }
    };
}

replays!(
    config,
    cwrmm,
    cwrmm_link,
    date,
    halo,
    journal,
    link,
    mac,
    os,
    pasted,
    plan,
    retry_after,
    rows,
    serial,
    size,
    superops,
    syncro,
    token,
);
