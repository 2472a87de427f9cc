//! Other people's text on the page changes nothing but itself.

use serde_json::{Value, json};

use crate::fleets::{Folder, source};
use crate::page::Page;

/// Names as nobody is called.
pub(crate) fn hostile() -> Vec<String> {
    let texts = [
        "<script>alert(1)</script>",
        "\"><img src=https://elsewhere.example/x onerror=alert(1)>",
        "</title></style></svg><script>alert(2)</script>",
        "{{ 7 * 7 }} {% include \"x\" %} ${7}",
        "a\u{202e}gpj.exe\u{202c}\u{2066}b",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{5e2}\u{5d5}\u{5dc}\u{5dd}",
        "NUL\u{0}\u{1b}[31mred\r\nline",
        "&lt;b&gt; &amp; &#60;i&#62;",
        "<!--",
        "-->",
        "]]>",
        "'",
        "`",
        "\\",
    ];
    let mut texts: Vec<String> = texts.map(str::to_owned).to_vec();
    texts.push("W".repeat(10_000));
    texts.push("<&\"'>".repeat(2_000));
    texts.push("\u{1f9d1}\u{200d}\u{1f4bb}".repeat(3_000));
    texts
}

/// An asset in all of whose texts stands `text`, and of which every list tells.
pub(crate) fn asset(number: usize, text: &str) -> Value {
    let mut source = source(text, &format!("{number}-{text}"));
    source["connector"] = text.into();
    source["url"] = match number % 4 {
        0 => "https://portal.example/assets/1?a=1&b=%22%3E".into(),
        1 => "javascript:alert(3)".into(),
        2 => "https://portal.example/\"><script>alert(4)</script>".into(),
        _ => text.into(),
    };
    json!({
        "record": "asset",
        "source": source,
        "customer": { "id": "1", "name": text },
        "name": text,
        "kind": "laptop",
        "virtualization": "physical",
        "manufacturer": text,
        "model": text,
        "serial": { "status": if number.is_multiple_of(2) { "missing" } else { "placeholder" }, "raw": text },
        "os": { "family": "windows", "name": "Microsoft Windows 10 Pro", "version": "10.0.19045" },
        "state": "active",
        "last_check_in": "2025-01-01T00:00:00Z",
        "check_in_basis": "agent_check_in",
        "purchase_date": "2020-01-01",
        "warranty_expiry": "2019-01-01",
        "identity": [],
        "issues": [],
    })
}

/// A fleet of such assets.
pub(crate) fn fleet() -> Vec<Value> {
    hostile()
        .iter()
        .enumerate()
        .map(|(number, text)| asset(number, text))
        .collect()
}

#[test]
fn hostile_names_are_names() {
    let folder = Folder::new();
    let (lines, count) = (fleet(), hostile().len());
    folder.put(&lines);
    folder.report(&[]).expect(0);
    let plain = Folder::new();
    let names = (0..count).map(|number| asset(number, &format!("name {number}")));
    plain.put(&names.collect::<Vec<_>>());
    plain.report(&[]).expect(0);
    let (page, other) = (folder.page(), plain.page());
    // The same elements, whatever the names are; but a link is there where an address is fit.
    let elements = |page: &str| -> Vec<String> {
        let pieces = page.split('<').skip(1);
        let name = |piece: &str| piece.split([' ', '>']).next().unwrap().to_owned();
        let mut names: Vec<String> = pieces.map(name).collect();
        names.sort();
        names
    };
    assert_eq!(elements(&page), elements(&other));
    for text in [
        "<script",
        "onerror=alert(1)>",
        "javascript:",
        "\u{202e}",
        "\u{0}",
        "\u{1b}",
    ] {
        assert!(!page.contains(text), "{text:?}");
    }
    assert!(page.contains("&#60;script&#62;alert(1)&#60;/script&#62;"));
    assert!(page.len() < 1_000_000, "{}", page.len());
    let page = Page(page);
    assert_eq!(page.card("Assets").0, count);
    assert_eq!(page.heading("ran-out"), count);
}

#[test]
fn links_lead_to_the_vendors_portal_over_https_alone() {
    let folder = Folder::new();
    let urls = [
        ("https://portal.example/assets/17", true),
        ("http://portal.example/assets/17", false),
        ("javascript:alert(1)", false),
        ("portal.example", false),
    ];
    for (url, is_link) in urls {
        let mut line = asset(3, "PC");
        line["source"]["url"] = url.into();
        folder.put(&[line]);
        folder.report(&[]).expect(0);
        let link = format!(r#"<a href="{url}" rel="noreferrer noopener"><bdi>PC</bdi></a>"#);
        assert_eq!(folder.page().contains(&link), is_link, "{url}");
        assert_eq!(folder.page().contains(url), is_link, "{url}");
    }
}

#[test]
fn the_page_asks_for_nothing() {
    let folder = Folder::new();
    folder.put(&fleet());
    folder.report(&[]).expect(0);
    let page = folder.page();
    let elements: Vec<&str> = page
        .split('<')
        .skip(1)
        .map(|rest| rest.split('>').next().unwrap())
        .collect();
    for text in [
        "script", "link", "iframe", "img", "base", "form", "object", "embed",
    ] {
        let is_it = |element: &&&str| element.split(' ').next() == Some(text);
        assert_eq!(elements.iter().find(is_it), None, "{text}");
    }
    for text in [" src=", " style=", " onerror=", " onload="] {
        let has_it = |element: &&&str| {
            element
                .split('"')
                .step_by(2)
                .any(|outside| outside.contains(text))
        };
        assert_eq!(elements.iter().find(has_it), None, "{text}");
    }
    let style = crate::page::between(&page, "<style>", "</style>");
    for text in ["@import", "http", "//"] {
        assert!(!style.contains(text), "{text}");
    }
    let policy = crate::page::between(
        &page,
        r#"http-equiv="Content-Security-Policy" content=""#,
        "\"",
    );
    assert!(
        policy.starts_with("default-src &#39;none&#39;; style-src &#39;sha256-"),
        "{policy}"
    );
}
