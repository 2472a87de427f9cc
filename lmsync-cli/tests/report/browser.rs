//! The page in a browser: it says nothing, asks for nothing, fits narrow and wide windows, and can be read by everybody.

use std::env;
use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::Value;

use crate::TODAY;
use crate::chromium::Chromium;
use crate::fleets::{Folder, fleet};
use crate::support::run;
use crate::texts;

/// Set where a browser and its checks have to be there.
const REQUIRED: &str = "LMSYNC_REQUIRE_CHROMIUM";
/// The file with the rules of accessibility: `axe.min.js` of the package axe-core, which `package.json` names.
const RULES: &str = "LMSYNC_AXE";

/// Says that a check was not made. Where it has to be, that is a failure.
fn skipped(why: &str) {
    assert!(
        env::var_os(REQUIRED).is_none(),
        "{why}, and {REQUIRED} is set"
    );
    // Past the test's own output, which nobody sees.
    let told = format!("SKIPPED: the page in a browser: {why}\n");
    std::io::stderr().write_all(told.as_bytes()).unwrap();
}

/// Pages to look at: the demo fleet, and an incomplete one with hostile names, of one customer and of none.
fn pages() -> Vec<(&'static str, Folder)> {
    let demo = Folder::new();
    let output = demo.file("report.html");
    run(&["report", "--output", &output, "--as-of", TODAY]).expect(0);
    let page = |mut lines: Vec<Value>| {
        let folder = Folder::new();
        lines.push(serde_json::json!({ "record": 1 }));
        folder.put(&lines);
        folder.report(&[]).expect(1);
        folder
    };
    let mut odd = texts::fleet();
    odd.extend(fleet(41, 60));
    vec![
        ("demo", demo),
        ("hostile", page(odd)),
        ("empty", page(Vec::new())),
    ]
}

/// Asserts that the page that is open said nothing and asked for nothing but itself.
fn is_quiet(browser: &Chromium, path: &Path, what: &str) {
    assert_eq!(browser.messages(), [] as [&Value; 0], "{what}");
    assert_eq!(
        browser.requests(),
        [format!("file://{}", path.display())],
        "{what}"
    );
}

/// Asserts that nothing is wider than the window.
fn fits(browser: &mut Chromium, what: &str) {
    let wide = browser.value(
        "[...document.querySelectorAll('body *')].filter(it => !it.closest('.scroll, .skip') && \
         it.getBoundingClientRect().right > innerWidth + 1).map(it => it.outerHTML.slice(0, 200))",
    );
    assert_eq!(wide, serde_json::json!([]), "{what}");
    let width = browser.value("document.scrollingElement.scrollWidth - innerWidth");
    assert!(width.as_i64().unwrap() <= 0, "{what}: {width} too wide");
}

/// Asserts that the rules find nothing serious.
fn is_accessible(browser: &mut Chromium, rules: &str, what: &str) {
    // What is folded counts, too; of lists the first tables and rows, since all are alike.
    let rest = "'.list details:nth-of-type(n + 3), .assets tbody tr:nth-child(n + 3)'";
    browser.value(&format!(
        "document.querySelectorAll({rest}).forEach(it => it.remove())"
    ));
    browser.value("document.querySelectorAll('details').forEach(it => it.open = true)");
    browser.value(&format!("{rules}; 0"));
    let found = browser.value(
        "axe.run(document, { resultTypes: ['violations'] }).then(found => found.violations\
         .filter(it => ['serious', 'critical'].includes(it.impact))\
         .map(it => [it.id, it.help, it.nodes.slice(0, 3).map(node => node.html.slice(0, 200))]))",
    );
    assert_eq!(found, serde_json::json!([]), "{what}");
}

#[test]
fn it_is_quiet_fits_and_can_be_read_by_everybody() {
    let Some(mut browser) = Chromium::start() else {
        return skipped("there is no Chromium");
    };
    let rules = env::var_os(RULES).map(|path| fs::read_to_string(path).unwrap());
    for (name, folder) in pages() {
        let path = folder.path("report.html");
        for (width, scheme) in [
            (360, "light"),
            (360, "dark"),
            (1_600, "light"),
            (1_600, "dark"),
        ] {
            let what = format!("{name}, {width} pixels, {scheme}");
            browser.open(&path, width, scheme);
            is_quiet(&browser, &path, &what);
            fits(&mut browser, &what);
            // The colours are those of a scheme, and what is not wide enough that of a width.
            let is_one_of_two = (width == 360) == (scheme == "light");
            if let Some(rules) = rules.as_ref().filter(|_| is_one_of_two) {
                is_accessible(&mut browser, rules, &what);
            }
        }
    }
    if rules.is_none() {
        skipped(&format!("{RULES} names no axe.min.js"));
    }
}

#[test]
fn on_paper_everything_is_unfolded() {
    let Some(mut browser) = Chromium::start() else {
        return skipped("there is no Chromium");
    };
    let folder = Folder::new();
    folder.put(&fleet(42, 120));
    folder.report(&[]).expect(0);
    browser.open(&folder.path("report.html"), 700, "dark");
    let hidden = "document.body.offsetHeight, [...document.querySelectorAll('.list details table')].filter(it => !it.checkVisibility({ contentVisibilityAuto: true })).map(it => it.caption.textContent)";
    assert!(
        browser.value(hidden).as_array().unwrap().len() > 5,
        "lists are folded on the screen"
    );
    browser.media("print", "dark");
    assert_eq!(browser.value(hidden), serde_json::json!([]));
    let wide = "[...document.querySelectorAll('.scroll')].filter(it => it.scrollWidth > it.clientWidth + 1).length";
    assert_eq!(browser.value(wide), 0, "on paper nobody scrolls");
    let colour = "getComputedStyle(document.documentElement).backgroundColor";
    assert_eq!(browser.value(colour), "rgb(255, 255, 255)");
}

#[test]
fn the_keyboard_reaches_the_summary_first() {
    let Some(mut browser) = Chromium::start() else {
        return skipped("there is no Chromium");
    };
    let folder = Folder::new();
    folder.put(&fleet(43, 20));
    folder.report(&[]).expect(0);
    browser.open(&folder.path("report.html"), 800, "light");
    for kind in ["keyDown", "keyUp"] {
        let key = serde_json::json!({ "type": kind, "key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9 });
        browser.call("Input.dispatchKeyEvent", key);
    }
    assert_eq!(browser.value("document.activeElement.className"), "skip");
    assert_eq!(
        browser.value("document.activeElement.getBoundingClientRect().left >= 0"),
        true
    );
    assert_ne!(
        browser.value("getComputedStyle(document.activeElement).outlineStyle"),
        "none"
    );
}
