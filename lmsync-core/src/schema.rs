//! JSON Schemas of records and of configurations, made from their types.
//!
//! With the feature `schema`, the records ([`Asset`](crate::model::Asset),
//! [`Software`](crate::model::Software), [`Customer`](crate::model::Customer)) and the
//! configurations of accounts implement [`JsonSchema`]. That of a record
//! allows further members, since later versions may add some; that of a configuration does not.
//!
//! ```
//! use lmsync_core::{model::Asset, schema};
//!
//! let schema = schema::written::<Asset>();
//! assert_eq!(schema.pointer("/properties/record/const").unwrap(), "asset");
//! ```

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::{MacAddress, RawJson, Rules, RulesConfig};
use crate::secret::{EnvironmentVariable, SecretSource};
use crate::tenant_fields::Names;

/// The schema of what is written: for who reads records.
///
/// What is always written is required.
#[must_use]
pub fn written<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// The schema of what is read: for who writes configurations, or records of their own.
///
/// What has a default is not required.
#[must_use]
pub fn read<T: JsonSchema>() -> Schema {
    let settings = SchemaSettings::draft2020_12().for_deserialize();
    settings.into_generator().into_root_schema_for::<T>()
}

/// Implements the schemas of types whose JSON form is made by hand.
macro_rules! by_hand {
    ($($name:ident: $schema:expr;)+) => {$(
        impl JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn schema_id() -> Cow<'static, str> {
                concat!("lmsync_core::", stringify!($name)).into()
            }

            fn json_schema(generator: &mut SchemaGenerator) -> Schema {
                let schema: fn(&mut SchemaGenerator) -> Schema = $schema;
                schema(generator)
            }
        }
    )+};
}

by_hand! {
    MacAddress: |_| json_schema!({
        "type": "string",
        "pattern": "^([0-9a-f]{2}:){5}[0-9a-f]{2}$",
    });
    RawJson: |_| json_schema!(true);
    Rules: RulesConfig::json_schema;
    SecretSource: |generator| json_schema!({
        "anyOf": [
            { "type": "string", "format": "password", "writeOnly": true },
            generator.subschema_for::<EnvironmentVariable>(),
        ],
    });
    Names: |_| json_schema!({
        "anyOf": [
            { "type": "string" },
            { "type": "array", "items": { "type": "string" } },
        ],
    });
}
