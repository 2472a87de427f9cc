//! `GET /settings`: the account's own choices, asset types among them.

use serde_json::{Value, json};

/// The asset types, by their ids. Every machine with an agent is of the first.
const ASSET_TYPES: [(u64, &str); 4] = [
    (4_101, "Syncro Device"),
    (4_102, "Server"),
    (4_103, "Desktop"),
    (4_104, "Laptop"),
];

/// The id of the asset type called `name`, which assets do not tell.
pub(super) fn type_id(name: &str) -> Option<u64> {
    let mut types = ASSET_TYPES.iter();
    types.find(|(_, known)| *known == name).map(|(id, _)| *id)
}

/// The name of asset type `id`.
pub(super) fn type_name(id: u64) -> Option<&'static str> {
    let mut types = ASSET_TYPES.iter();
    types.find(|(known, _)| *known == id).map(|(_, name)| *name)
}

pub(super) fn settings() -> Value {
    let types = ASSET_TYPES.map(|(id, name)| json!({ "id": id, "name": name }));
    let days = [
        "Sunday",
        "Monday",
        "Tuesday",
        "Wednesday",
        "Thursday",
        "Friday",
        "Saturday",
    ];
    let hours =
        days.map(|day| json!({ "day": day, "start": "09:00", "end": "17:00", "closed": false }));
    json!({
        "customers": { "required_fields": null, "customer_fields": [], "customer_field_answers": [] },
        "assets": { "asset_types": types, "asset_type_fields": [], "asset_type_field_answers": [] },
        "locale": {
            "iso_code": "en",
            "currency_symbol": "$",
            "date_format": "mm-dd-yy",
            "time_format": "hh:mm tt",
            "time_zone": "America/Los_Angeles",
            "time_offset": "-08:00",
        },
        "ticket": {
            "ticket_types": [],
            "ticket_type_fields": [],
            "ticket_type_field_answers": [],
            "problem_types": ["Hardware", "Software", "Other"],
            "priorities": ["0 Urgent", "1 High", "2 Normal", "3 Low"],
        },
        "business_hours_enabled": true,
        "business_hours": hours,
        "default_holiday_calendar": "USA",
        "msp_addon": null,
    })
}
