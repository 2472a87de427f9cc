//! The lines of a plan, for people.

use std::collections::BTreeMap;

use comfy_table::{Cell, Color, Table};
use lmsync::dates::{AssetNames, PlanLine, PlanLineAsset};

use crate::support::screen::Screen;
use crate::support::tables::{self, laid_out};
use crate::support::text::plain;

/// Number of lines of a plan that are shown.
pub(super) const LINES_SHOWN: usize = 60;

/// A table for each account that has lines to be shown.
pub(super) fn tables(lines: &[PlanLine], names: &AssetNames, screen: Screen) -> String {
    let accounts = by_account(first_shown(lines)).into_iter();
    let tables: Vec<String> = accounts
        .map(|(account, lines)| format!("{account}\n{}\n", laid_out(table(&lines, names), screen)))
        .collect();
    tables.join("\n")
}

/// The lines of a plan that are shown: writes before others.
pub(super) fn first_shown(lines: &[PlanLine]) -> Vec<&PlanLine> {
    let (writes, skips): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.is_write());
    writes.into_iter().chain(skips).take(LINES_SHOWN).collect()
}

/// The lines of one account, in which an asset with several is named once.
fn table(lines: &[&PlanLine], names: &AssetNames) -> Table {
    let mut table = tables::table(vec!["", "asset", "field", "held now", "new, from", "why"]);
    let mut before = None;
    for line in lines {
        let id = line.asset.vendor_id.as_deref();
        let is_named = id.is_some() && before == id;
        let asset = match is_named {
            true => String::new(),
            false => asset(line, names),
        };
        table.add_row(row(line, asset));
        before = id;
    }
    table
}

/// The lines of each account, with its name for people.
fn by_account(lines: Vec<&PlanLine>) -> BTreeMap<String, Vec<&PlanLine>> {
    let mut accounts: BTreeMap<String, Vec<&PlanLine>> = BTreeMap::new();
    for line in lines {
        let PlanLineAsset {
            connector,
            instance,
            ..
        } = &line.asset;
        let names = [connector.as_deref(), instance.as_deref()];
        let names: Vec<&str> = names.into_iter().flatten().collect();
        let account = match names.as_slice() {
            [] => "of no known account".to_owned(),
            names => plain(&names.join(" ")),
        };
        accounts.entry(account).or_default().push(line);
    }
    accounts
}

fn row(line: &PlanLine, asset: String) -> Vec<Cell> {
    let action = Cell::new(line.action);
    let new = match (line.new, line.source) {
        (Some(day), Some(source)) => format!("{day}\n{source}"),
        (None, Some(source)) => format!("-\n{source}"),
        (day, None) => shown(day),
    };
    vec![
        match line.is_write() {
            true => action.fg(Color::Green),
            false => action,
        },
        Cell::new(asset),
        Cell::new(line.field),
        Cell::new(shown(line.held.as_ref())),
        Cell::new(new),
        Cell::new(plain(&line.reason)),
    ]
}

/// The asset as people know it; by its id where nothing else is known.
fn asset(line: &PlanLine, names: &AssetNames) -> String {
    if let Some(known) = names.of(&line.asset) {
        let serial = match &known.serial {
            Some(serial) => format!("serial {}", plain(serial)),
            None => "no serial number".to_owned(),
        };
        let customer = known.customer.as_deref().unwrap_or("no customer");
        return [plain(&known.name), serial, plain(customer)].join("\n");
    }
    let asset = &line.asset;
    plain(&match (&asset.serial, &asset.vendor_id) {
        (Some(serial), Some(id)) => format!("{serial} ({id})"),
        (Some(serial), None) => serial.clone(),
        (None, id) => id.clone().unwrap_or_default(),
    })
}

/// `value`, or a dash where there is none.
fn shown(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| plain(&value.to_string()))
}
