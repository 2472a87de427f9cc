//! What a simulated account holds, and how it lists it.

use std::borrow::Cow;
use std::collections::HashMap;

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::fleet::{Machine, Population, Site};

use super::spec::FieldsIn;
use super::switches::{Misbehaviour, RowFault};
use super::written::Written;
use super::{answers, ids, render};

/// The state of a simulated account.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) population: Population,
    pub(super) page_cap: usize,
    pub(super) fields_in: FieldsIn,
    pub(super) software_assets: usize,
    pub(super) service_assets: usize,
    pub(super) odd_numbers: bool,
    pub(super) row_faults: HashMap<usize, RowFault>,
    /// What was written to assets, by their ids.
    pub(super) written: HashMap<u64, Written>,
    /// How often dates were written to assets, by their ids.
    pub(super) date_writes: HashMap<u64, usize>,
    pub(super) misbehaviour: Misbehaviour,
}

/// One record of the listing of assets.
#[derive(Debug, Clone, Copy)]
enum Item {
    Machine(usize),
    Software(usize),
    Service(usize),
}

impl Account {
    /// The machine that is asset `id`.
    pub(super) fn index(&self, id: &str) -> Option<usize> {
        self.population.index_of(ids::machine(id)?)
    }

    /// All sites, in the order of their ids.
    pub(super) fn sites(&self) -> Vec<Site> {
        let fleet = self.population.fleet();
        (0..fleet.customers())
            .filter(|customer| self.misbehaviour.customer_without_sites != Some(*customer))
            .flat_map(|customer| {
                (0..fleet.sites(customer)).map(move |index| fleet.site(customer, index))
            })
            .collect()
    }

    pub(super) fn answer(&self, path: &str, query: &Query, sees_types: bool) -> Response<Bytes> {
        let fleet = self.population.fleet();
        let odd = self.odd_numbers;
        match path.split_once('/').unwrap_or((path, "")) {
            ("asset", "") => self.assets(query, sees_types),
            ("asset", id) if sees_types => self.asset(id, query),
            ("assettype", "") if self.misbehaviour.no_asset_types => {
                answers::empty(StatusCode::FORBIDDEN)
            }
            ("assettype", "") if sees_types => {
                answers::ok(&render::asset_types(self.misbehaviour.hides_server_type))
            }
            ("assettype", "") => answers::ok(&json!([])),
            ("client", "") => {
                let total = fleet.customers();
                self.list(query, "clients", total, |place| {
                    render::client(fleet, place, odd)
                })
            }
            ("site", "") => {
                let sites = self.sites();
                self.list(query, "sites", sites.len(), |place| {
                    render::site(fleet, &sites[place], place, odd)
                })
            }
            ("softwarelicence", "") => {
                let total = fleet.customers() * render::LICENCES_EACH;
                self.list(query, "licences", total, |place| {
                    render::licence(fleet, place, odd)
                })
            }
            ("assetsoftware", "") => self.asset_software(query.get("device_id")),
            _ => answers::empty(StatusCode::NOT_FOUND),
        }
    }

    fn assets(&self, query: &Query, sees_types: bool) -> Response<Bytes> {
        if !sees_types {
            return self.list(query, "assets", 0, |_| Value::Null);
        }
        let items = self.items(query);
        let with_fields = query.is_set("includeassetfields")
            && match self.fields_in {
                FieldsIn::Lists => true,
                FieldsIn::ListsOfOneType => query.get("assettype_id").is_some(),
                FieldsIn::Nothing => false,
            };
        self.list(query, "assets", items.len(), |place| {
            items
                .get(place)
                .map_or(Value::Null, |item| self.row(item, query, with_fields))
        })
    }

    /// What the query selects, in the order of the listing.
    fn items(&self, query: &Query) -> Items<'_> {
        let of_one = query.get("assettype_id").map(|id| vec![id.to_owned()]);
        let of_several = || {
            let ids = query.get("assettypes").filter(|ids| !ids.is_empty())?;
            let ids = (!self.misbehaviour.ignores_type_filter).then_some(ids)?;
            Some(ids.split(',').map(ToOwned::to_owned).collect())
        };
        let types: Option<Vec<String>> = of_one.or_else(of_several);
        let wants = |type_id: u64| {
            types
                .as_ref()
                .is_none_or(|types| types.iter().any(|id| *id == type_id.to_string()))
        };
        let all = self.population.indices();
        let machines = if [ids::LAPTOP, ids::DESKTOP, ids::SERVER]
            .into_iter()
            .all(wants)
        {
            Cow::Borrowed(all)
        } else {
            let of_type = |index: &usize| {
                let machine = self.population.machine(*index);
                machine.is_some_and(|machine| wants(render::type_of(&machine).0))
            };
            all.iter().copied().filter(of_type).collect()
        };
        let count = |type_id, count| if wants(type_id) { count } else { 0 };
        Items {
            software: count(ids::SOFTWARE, self.software_assets),
            services: count(ids::SERVICE, self.service_assets),
            machines,
        }
    }

    fn row(&self, item: Item, query: &Query, with_fields: bool) -> Value {
        let fleet = self.population.fleet();
        let mut row = match item {
            Item::Machine(index) => return self.machine_row(index, query, with_fields),
            Item::Software(place) => self.software_asset(place),
            Item::Service(place) => render::service_asset(fleet, place),
        };
        if !with_fields || self.misbehaviour.fields_as_null {
            row["fields"] = Value::Null;
        }
        row
    }

    fn machine_row(&self, index: usize, query: &Query, with_fields: bool) -> Value {
        let Some(machine) = self.population.machine(index) else {
            return Value::Null;
        };
        let mut row = render::asset(self.population.fleet(), &machine, self.odd_numbers);
        let faults = &self.misbehaviour;
        if with_fields && !faults.fields_as_null {
            row["fields"] = render::fields(&machine);
        } else if faults.fields_as_null {
            row["fields"] = Value::Null;
        }
        self.show_written(ids::asset(machine.id), &mut row);
        let icon = if query.is_set("noicon") { 0 } else { 24 };
        let icon = faults.icon_characters.max(icon);
        if icon > 0 {
            row["icon"] = json!("A".repeat(icon));
        }
        if faults.intune && index.is_multiple_of(2) {
            row["intune_lastsyncdatetime"] = json!(machine.last_check_in.map(render::instant));
        }
        if query.is_set("includechangehistorylastupdated") {
            row["changehistory_last_updated"] = json!(machine.last_check_in.map(render::instant));
        }
        match self.row_faults.get(&index) {
            None => {}
            Some(RowFault::Null) => return Value::Null,
            Some(RowFault::NoId) => row["id"] = json!(-1),
            Some(RowFault::WrongTypes) => {
                row["inventory_number"] = json!({ "text": machine.name });
                row["client_id"] = json!([7]);
                row["users"] = json!("nobody");
                row["fields"] = json!([null, 5, "x", { "name": ["a"], "value": { "b": 1 } }]);
            }
        }
        row
    }

    fn asset(&self, id: &str, query: &Query) -> Response<Bytes> {
        let Some(mut asset) = self.record(id) else {
            return answers::empty(StatusCode::NOT_FOUND);
        };
        if query.is_set("includedetails")
            && !self.misbehaviour.software_apart
            && let Some(machine) = self.machine(id)
        {
            asset["software"] = render::software(self.population.fleet(), &machine).into();
        }
        answers::ok(&asset)
    }

    /// Asset `id` read alone, without what details add.
    pub(super) fn record(&self, id: &str) -> Option<Value> {
        let Some(machine) = self.machine(id) else {
            let place = ids::software_place(id)?;
            return (place < self.software_assets).then(|| self.software_asset(place));
        };
        let mut asset = render::asset(self.population.fleet(), &machine, self.odd_numbers);
        asset["fields"] = render::fields(&machine);
        asset["assetgroup_name"] = json!("Computers");
        asset["dlastupdate"] = json!("1900-01-01T00:00:00");
        self.show_written(ids::asset(machine.id), &mut asset);
        Some(asset)
    }

    fn machine(&self, id: &str) -> Option<Machine> {
        self.population.machine(self.index(id)?)
    }

    fn software_asset(&self, place: usize) -> Value {
        let mut asset = render::software_asset(self.population.fleet(), place);
        self.show_written(ids::software_asset(place), &mut asset);
        asset
    }

    /// Puts what was written over what `asset` was made with.
    fn show_written(&self, id: u64, asset: &mut Value) {
        if let Some(written) = self.written.get(&id) {
            written.show(asset);
        }
    }

    fn asset_software(&self, id: Option<&str>) -> Response<Bytes> {
        let machine = id.and_then(|id| self.machine(id));
        let programs = machine
            .map(|machine| render::software(self.population.fleet(), &machine))
            .unwrap_or_default();
        answers::ok(&json!({ "record_count": programs.len(), "deviceapplications": programs }))
    }

    /// The page that `query` asks for, of `total` records.
    fn list(
        &self,
        query: &Query,
        rows: &str,
        total: usize,
        row: impl Fn(usize) -> Value,
    ) -> Response<Bytes> {
        let faults = &self.misbehaviour;
        let total = if faults.empty_lists { 0 } else { total };
        let is_paged = query.is_set("pageinate");
        let number = |name: &str| query.get(name).and_then(|text| text.parse::<usize>().ok());
        // Without Halo's own spelling the numbers have no effect.
        let page = number("page_no").filter(|_| is_paged).unwrap_or(1).max(1);
        let asked = number("page_size")
            .filter(|_| is_paged)
            .unwrap_or(self.page_cap);
        let size = asked.clamp(1, self.page_cap);
        let start = (page - 1).saturating_mul(size).min(total);
        let end = start.saturating_add(size).min(total);
        // Past the end nothing is counted.
        let counted = if start >= total { 0 } else { total };
        let counted = faults.record_counts.get(&page).copied().unwrap_or(counted);
        let echo = if faults.echoes_asked_size {
            asked
        } else {
            size
        };
        let is_empty = faults.empty_sites && rows == "sites";
        let end = if is_empty { start } else { end };
        let mut view = json!({
            "page_no": page,
            "page_size": echo,
            "record_count": counted,
            "columns": [],
            rows: (start..end).map(row).collect::<Vec<_>>(),
        });
        if let Some(warning) = &faults.warning {
            view["_warning"] = json!(warning);
        }
        answers::ok(&view)
    }
}

/// The selected records: software, then services, then machines.
struct Items<'a> {
    software: usize,
    services: usize,
    machines: Cow<'a, [usize]>,
}

impl Items<'_> {
    fn len(&self) -> usize {
        self.software + self.services + self.machines.len()
    }

    fn get(&self, place: usize) -> Option<Item> {
        if place < self.software {
            return Some(Item::Software(place));
        }
        let place = place - self.software;
        if place < self.services {
            return Some(Item::Service(place));
        }
        let machine = self.machines.get(place - self.services)?;
        Some(Item::Machine(*machine))
    }
}

/// The parameters of an address or a form.
#[derive(Debug)]
pub(super) struct Query(HashMap<String, String>);

impl Query {
    pub(super) fn of(text: &str) -> Self {
        let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
        Self(
            pairs
                .map(|(name, value)| (decoded(name), decoded(value)))
                .collect(),
        )
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    fn is_set(&self, name: &str) -> bool {
        self.get(name) == Some("true")
    }
}

/// `text` without the escapes of forms.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u8> = rest.by_ref().take(2).collect();
                let digits = String::from_utf8_lossy(&digits).into_owned();
                bytes.extend(u8::from_str_radix(&digits, 16));
            }
            byte => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_off() {
        let query = Query::of("scope=read%3Aassets+all&assettypes=1%2C2&x");
        assert_eq!(query.get("scope"), Some("read:assets all"));
        assert_eq!(query.get("assettypes"), Some("1,2"));
        assert_eq!(query.get("x"), None);
    }
}
