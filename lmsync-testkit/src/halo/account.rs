//! What a simulated account holds, and how it lists it.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use http::{Response, StatusCode};
use serde_json::{Value, json};

use crate::fleet::{Machine, Population, Site};

use super::query::Query;
use super::spec::FieldsIn;
use super::switches::{Misbehaviour, RowFault};
use super::written::{Written, number};
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
    /// Assets that were made through the API, by their ids: they began with nothing.
    pub(super) made: BTreeSet<u64>,
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
            ("client", "") => self.named(query, "clients", fleet.customers(), |place| {
                render::client(fleet, place, odd)
            }),
            ("site", "") => {
                let sites = self.sites();
                self.named(query, "sites", sites.len(), |place| {
                    render::site(fleet, &sites[place], place, odd)
                })
            }
            ("softwarelicence", "") => {
                let total = fleet.customers() * render::LICENCES_EACH;
                self.named(query, "licences", total, |place| {
                    render::licence(fleet, place, odd)
                })
            }
            ("instanceinfo", "") => answers::ok(&render::instance()),
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
                machine.is_some_and(|machine| wants(self.type_of(&machine)))
            };
            all.iter().copied().filter(of_type).collect()
        };
        let others = |type_id, count| (0..count).filter(|_| wants(type_id)).collect();
        let items = Items {
            software: others(ids::SOFTWARE, self.software_assets),
            services: others(ids::SERVICE, self.service_assets),
            machines,
        };
        match query.filters() {
            true => items.filtered(|item| self.selects(item, query)),
            false => items,
        }
    }

    fn selects(&self, item: Item, query: &Query) -> bool {
        let texts = ["inventory_number", "key_field", "key_field2", "key_field3"];
        query.selects(&self.row(item, query, false), &texts)
    }

    /// The type of a machine's asset, which may have been given another.
    fn type_of(&self, machine: &Machine) -> u64 {
        let written = self.written.get(&ids::asset(machine.id));
        let given = written.and_then(|written| written.properties.get("assettype_id"));
        let given = given.and_then(number);
        given.unwrap_or_else(|| render::type_of(machine).0)
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
        let mut row = self.begun(&machine, with_fields);
        let faults = &self.misbehaviour;
        if faults.fields_as_null {
            row["fields"] = Value::Null;
        }
        self.show_written(ids::asset(machine.id), &mut row, false);
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
        let mut asset = self.begun(&machine, true);
        render::add_details(
            &mut asset,
            &machine,
            self.made.contains(&ids::asset(machine.id)),
        );
        self.show_written(ids::asset(machine.id), &mut asset, true);
        Some(asset)
    }

    /// The asset of `machine` as it began: with nothing, where it was made through the API.
    fn begun(&self, machine: &Machine, with_fields: bool) -> Value {
        let mut asset = render::asset(self.population.fleet(), machine, self.odd_numbers);
        if with_fields {
            asset["fields"] = render::fields(machine);
        }
        match self.made.contains(&ids::asset(machine.id)) {
            true => render::emptied(asset),
            false => asset,
        }
    }

    fn machine(&self, id: &str) -> Option<Machine> {
        self.population.machine(self.index(id)?)
    }

    fn software_asset(&self, place: usize) -> Value {
        let mut asset = render::software_asset(self.population.fleet(), place);
        self.show_written(ids::software_asset(place), &mut asset, true);
        asset
    }

    /// Puts what was written over what `asset` was made with.
    fn show_written(&self, id: u64, asset: &mut Value, alone: bool) {
        if let Some(written) = self.written.get(&id) {
            written.show(asset, alone);
        }
    }

    fn asset_software(&self, id: Option<&str>) -> Response<Bytes> {
        let machine = id.and_then(|id| self.machine(id));
        let programs = machine
            .map(|machine| render::software(self.population.fleet(), &machine))
            .unwrap_or_default();
        answers::ok(&json!({ "record_count": programs.len(), "deviceapplications": programs }))
    }

    /// The page that `query` asks for, of those of `total` records with names that it selects.
    fn named(
        &self,
        query: &Query,
        rows: &str,
        total: usize,
        row: impl Fn(usize) -> Value,
    ) -> Response<Bytes> {
        if !query.filters() {
            return self.list(query, rows, total, row);
        }
        let all = (0..total).map(row);
        let selected: Vec<_> = all.filter(|row| query.selects(row, &["name"])).collect();
        self.list(query, rows, selected.len(), |place| selected[place].clone())
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
        // Without Halo's own spelling the numbers have no effect, and with it `count` has none.
        let page = query.number("page_no").filter(|_| is_paged);
        let page = page.unwrap_or(1).max(1);
        let asked = query.number(if is_paged { "page_size" } else { "count" });
        let asked = asked.unwrap_or(self.page_cap);
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
    software: Vec<usize>,
    services: Vec<usize>,
    machines: Cow<'a, [usize]>,
}

impl Items<'_> {
    fn len(&self) -> usize {
        self.software.len() + self.services.len() + self.machines.len()
    }

    fn get(&self, place: usize) -> Option<Item> {
        let after_software = place.checked_sub(self.software.len());
        let Some(place) = after_software else {
            return self.software.get(place).copied().map(Item::Software);
        };
        let after_services = place.checked_sub(self.services.len());
        let Some(place) = after_services else {
            return self.services.get(place).copied().map(Item::Service);
        };
        self.machines.get(place).copied().map(Item::Machine)
    }

    /// Those that `keeps` holds for.
    fn filtered(self, keeps: impl Fn(Item) -> bool) -> Self {
        let of = |places: &[usize], item: fn(usize) -> Item| -> Vec<usize> {
            let places = places.iter().copied();
            places.filter(|place| keeps(item(*place))).collect()
        };
        Self {
            software: of(&self.software, Item::Software),
            services: of(&self.services, Item::Service),
            machines: Cow::Owned(of(&self.machines, Item::Machine)),
        }
    }
}
