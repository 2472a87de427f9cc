//! Packages are whole by themselves: licences in each, and documents whose links hold where a
//! package's page shows them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn manifest(folder: &Path) -> Table {
    read(folder.join("Cargo.toml")).parse().unwrap()
}

/// The folders of the crates that are published.
fn packages() -> Vec<PathBuf> {
    let workspace = manifest(root());
    let members = workspace["workspace"]["members"].as_array().unwrap();
    let members = members.iter().map(|member| member.as_str().unwrap());
    let folders = members.map(|member| root().join(member));
    let mut packages: Vec<PathBuf> = folders
        .filter(|folder| {
            let publish = manifest(folder)["package"].get("publish").cloned();
            publish != Some(Value::Boolean(false))
        })
        .collect();
    packages.push(root().to_path_buf());
    assert_eq!(packages.len(), 10);
    packages
}

#[test]
fn every_package_brings_both_licences() {
    for package in packages() {
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            // No symbolic links: a checkout on Windows may make text files of them.
            assert!(!package.join(licence).is_symlink(), "{package:?}");
            assert_eq!(read(package.join(licence)), read(root().join(licence)));
        }
    }
}

#[test]
fn every_package_says_what_its_page_shows() {
    for folder in packages() {
        let manifest = manifest(&folder);
        let package = manifest["package"].as_table().unwrap();
        let name = package["name"].as_str().unwrap();
        let keywords = package["keywords"].as_array().unwrap();
        assert!((1..=5).contains(&keywords.len()), "{name}");
        for keyword in keywords {
            assert!(keyword.as_str().unwrap().len() <= 20, "{keyword} of {name}");
        }
        let documentation = format!("https://docs.rs/{name}");
        assert_eq!(package["documentation"].as_str(), Some(&*documentation));
        for inherited in ["repository", "include", "license", "rust-version"] {
            assert_eq!(
                package[inherited]["workspace"],
                Value::Boolean(true),
                "{inherited} of {name}"
            );
        }
        let docs_rs = &package["metadata"]["docs"]["rs"];
        assert_eq!(docs_rs["all-features"], Value::Boolean(true), "{name}");
    }
}

#[test]
fn the_address_of_the_repository_is_in_one_place() {
    let workspace = manifest(root());
    let address = workspace["workspace"]["package"]["repository"]
        .as_str()
        .unwrap();
    for package in packages() {
        assert!(!read(package.join("README.md")).contains(address));
    }
}

#[test]
fn every_link_of_a_packages_page_holds_wherever_it_is_shown() {
    let mut wrong = Vec::new();
    for package in packages() {
        let readme = package.join("README.md");
        let document = Document::read(&readme);
        for link in &document.links {
            // A page of docs.rs or of a registry has none of the repository's files beside it. Registries look for pictures
            // in the repository, and docs.rs shows what a picture is said to show.
            let holds = match link.strip_prefix('#') {
                Some(anchor) => document.anchors.contains(anchor),
                None if link.ends_with(".png") => package.join(link).is_file(),
                None => link.starts_with("https://"),
            };
            if !holds {
                wrong.push(format!("{}: {link}", readme.display()));
            }
        }
        let undefined = document.undefined.iter();
        wrong.extend(undefined.map(|label| format!("{}: [{label}]", readme.display())));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_link_of_the_repositorys_documents_leads_somewhere() {
    let mut documents = vec![
        root().join("ARCHITECTURE.md"),
        root().join("CHANGELOG.md"),
        root().join("CONTRIBUTING.md"),
        root().join("SECURITY.md"),
    ];
    for folder in ["benches", "docs", "docs/decisions", "fuzz"] {
        let files = fs::read_dir(root().join(folder)).unwrap();
        let files = files.map(|file| file.unwrap().path());
        documents.extend(files.filter(|file| file.extension().is_some_and(|kind| kind == "md")));
    }
    let mut wrong = Vec::new();
    for path in documents {
        for link in Document::read(&path).links {
            if link.starts_with("https://") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            let holds = target.exists()
                && (anchor.is_empty() || Document::read(&target).anchors.contains(anchor));
            if !holds {
                wrong.push(format!("{}: {link}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a document links to, as far as these documents use Markdown.
#[derive(Debug, Default)]
struct Document {
    links: Vec<String>,
    anchors: BTreeSet<String>,
    /// Labels of links in code style, such as ``[`Asset`]``, that stand for nothing.
    undefined: BTreeSet<String>,
}

impl Document {
    fn read(path: &Path) -> Self {
        Self::of(&read(path))
    }

    fn of(text: &str) -> Self {
        let mut document = Self::default();
        let mut defined = BTreeSet::new();
        let mut is_code = false;
        for line in text.lines() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if !is_code {
                document.line(line, &mut defined);
            }
        }
        document.undefined.retain(|label| !defined.contains(label));
        document
    }

    fn line(&mut self, line: &str, defined: &mut BTreeSet<String>) {
        if let Some(heading) = line.strip_prefix('#') {
            self.anchors
                .insert(anchor(heading.trim_start_matches('#').trim()));
        }
        let definition = line
            .strip_prefix('[')
            .and_then(|rest| rest.split_once("]: "));
        if let Some((label, target)) = definition {
            defined.insert(label.to_owned());
            self.links.push(target.trim().to_owned());
            return;
        }
        for (at, _) in line.match_indices("](") {
            let target = line[at + 2..].split(')').next().unwrap();
            self.links.push(target.to_owned());
        }
        for (at, _) in line.match_indices("[`") {
            let Some((label, rest)) = line[at + 1..].split_once(']') else {
                continue;
            };
            if !rest.starts_with('(') {
                self.undefined.insert(label.to_owned());
            }
        }
    }
}

/// The anchor that a heading has on a page.
fn anchor(heading: &str) -> String {
    let letters = heading.to_lowercase();
    let letters = letters.chars().filter_map(|letter| match letter {
        ' ' => Some('-'),
        letter if letter.is_alphanumeric() || "-_".contains(letter) => Some(letter),
        _ => None,
    });
    letters.collect()
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let text = "# One way, or another\n[a](gone.md) and [b](#one-way-or-another)\n\
                [`known`] and [`unknown`], [`inline`](https://example.com)\n\
                ```\n[c](code.md) [`code`]\n```\n[`known`]: https://example.com/known\n";
    let document = Document::of(text);
    assert_eq!(
        document.links,
        [
            "gone.md",
            "#one-way-or-another",
            "https://example.com",
            "https://example.com/known"
        ]
    );
    assert!(document.anchors.contains("one-way-or-another"));
    assert_eq!(
        document.undefined.into_iter().collect::<Vec<_>>(),
        ["`unknown`"]
    );
}

#[test]
fn no_public_item_names_a_library_whose_version_is_ours_to_change() {
    const LIBRARIES: [&str; 9] = [
        "arrow_array::",
        "arrow_schema::",
        "bytes::bytes_mut",
        "oauth2::",
        "parquet::",
        "postgres_types::",
        "reqwest::",
        "rusqlite::",
        "tokio_postgres::",
    ];
    let listings = fs::read_dir(root().join("docs/api")).unwrap();
    let mut names = BTreeSet::new();
    for listing in listings {
        let path = listing.unwrap().path();
        names.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
        for line in read(&path).lines() {
            let named = LIBRARIES.iter().find(|library| line.contains(*library));
            assert_eq!(named, None, "{}: {line}", path.display());
        }
    }
    let packages = packages().into_iter();
    let expected = packages.map(|folder| {
        manifest(&folder)["package"]["name"]
            .as_str()
            .unwrap()
            .to_owned()
    });
    assert_eq!(names, expected.collect());
}
