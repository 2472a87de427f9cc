//! Software and users of many devices at once, and the virtual machines of a host.

use bytes::Bytes;
use http::{Method, Response};
use serde_json::{Value, json};

use crate::fleet::{Machine, MachineKind};

use super::listing::Account;
use super::query::Query;
use super::{answer, device, ids};

impl Account {
    /// The programs on devices, or the people who use them: an element per device.
    pub(super) fn inventory(
        &self,
        method: &Method,
        what: &'static str,
        path: &str,
        query: &Query,
        body: &[u8],
    ) -> Response<Bytes> {
        if let Some(status) = self.misbehaviour.inventory_fails {
            return self.refuse(status, "the inventory is out of order");
        }
        if method != Method::POST {
            return self.refuse(405, "method not allowed");
        }
        let asked = match self.resources(body) {
            Ok(asked) => asked,
            Err(why) => return self.refuse(400, why),
        };
        let placed = match self.is_spoilt(&asked) {
            true => Vec::new(),
            false => self.placed(&asked),
        };
        let elements: Vec<(usize, usize)> = placed
            .iter()
            .flat_map(|(_, index)| (0..self.parts(what, *index)).map(|part| (*index, part)))
            .collect();
        let Some(page) = self.span(query, elements.len()) else {
            return self.refuse(404, "resource not found");
        };
        let told = elements[page.start..page.end].iter();
        let told: Vec<Value> = told
            .filter_map(|(index, part)| self.element(what, *index, *part))
            .collect();
        let response = answer::ok(&told);
        match page.end < elements.len() {
            true => self.linked(response, path, page.end, page.limit),
            false => response,
        }
    }

    /// The number of elements that a device has.
    fn parts(&self, what: &str, index: usize) -> usize {
        let most = self.misbehaviour.programs_at_once;
        match (most, self.population.machine(index)) {
            (Some(most), Some(machine)) if what == "applications" => {
                let programs = self.population.fleet().software(&machine).len();
                programs.div_ceil(most.max(1)).max(1)
            }
            _ => 1,
        }
    }

    fn element(&self, what: &'static str, index: usize, part: usize) -> Option<Value> {
        let machine = self.population.machine(index)?;
        let fleet = self.population.fleet();
        let all = match what {
            "applications" => device::installed(fleet, &machine),
            _ => device::users(&machine),
        };
        let most = self.misbehaviour.programs_at_once.unwrap_or(usize::MAX);
        let told = all.into_iter().skip(part * most).take(most);
        Some(json!({
            "companyID": ids::company(fleet.customer(machine.customer).id),
            "siteID": ids::site(fleet.site(machine.customer, machine.site).id),
            "endpointID": ids::device(machine.id, self.misbehaviour.plain_ids),
            what: told.collect::<Vec<Value>>(),
        }))
    }

    /// The host of a virtual machine, or the virtual machines of a host.
    pub(super) fn relations(&self, machine: &Machine) -> Value {
        let at_site = || {
            let of_company = self.of_company(machine.customer).iter();
            of_company
                .filter_map(|index| self.population.machine(*index))
                .filter(|other| other.site == machine.site)
        };
        // All that is virtual at a site runs on its first server of metal.
        let host = at_site().find(|other| is_metal(other) && other.kind == MachineKind::Server);
        let related: Vec<(u64, &str, &str)> = match host {
            Some(host) if !is_metal(machine) => vec![(host.id, "Guest", "Host")],
            Some(host) if host.id == machine.id => at_site()
                .filter(|other| !is_metal(other))
                .map(|guest| (guest.id, "Host", "Guest"))
                .collect(),
            _ => Vec::new(),
        };
        let id = |number| ids::device(number, self.misbehaviour.plain_ids);
        let related = related.into_iter().map(|(other, source, target)| {
            json!({
                "endpointID": id(other),
                "relationshipType": { "source": source, "target": target },
            })
        });
        json!({ "endpointID": id(machine.id), "relations": related.collect::<Vec<Value>>() })
    }
}

fn is_metal(machine: &Machine) -> bool {
    machine.hypervisor.is_none()
}
