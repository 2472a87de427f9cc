//! The part of the vendor's schema that the simulator knows, read from the vendor's own language.

use std::collections::HashMap;
use std::sync::LazyLock;

use graphql_parser::parse_schema;
use graphql_parser::schema::{Definition, InputValue, TypeDefinition};

use super::spec::Product;

/// Its name.
type Name = &'static str;

/// A field of an object type.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Name,
    /// Its type as GraphQL writes it, such as `[Asset]` or `JSON!`.
    pub(super) of: String,
    /// Its arguments and their types.
    pub(super) arguments: Vec<Argument>,
}

/// Name and type.
pub(super) type Argument = (Name, String);

/// The types of one product.
#[derive(Debug, Default)]
struct Schema {
    objects: HashMap<Name, Vec<Field>>,
    inputs: HashMap<Name, Vec<Argument>>,
}

static MSP: LazyLock<Schema> = LazyLock::new(|| Schema::read(Product::Msp.schema()));
static IT: LazyLock<Schema> = LazyLock::new(|| Schema::read(Product::It.schema()));

impl Schema {
    fn of(product: Product) -> &'static Self {
        match product {
            Product::Msp => &MSP,
            Product::It => &IT,
        }
    }

    // The text is this crate's own, and every test of the simulator reads it.
    #[allow(clippy::expect_used)]
    fn read(text: Name) -> Self {
        let document = parse_schema::<Name>(text).expect("the schema is written well");
        let mut schema = Self::default();
        for definition in document.definitions {
            match definition {
                Definition::TypeDefinition(TypeDefinition::Object(object)) => {
                    let fields = object.fields.into_iter().map(|field| Field {
                        name: field.name,
                        of: field.field_type.to_string(),
                        arguments: arguments(field.arguments),
                    });
                    schema.objects.insert(object.name, fields.collect());
                }
                Definition::TypeDefinition(TypeDefinition::InputObject(input)) => {
                    schema.inputs.insert(input.name, arguments(input.fields));
                }
                _ => {}
            }
        }
        schema
    }
}

fn arguments(values: Vec<InputValue<'static, Name>>) -> Vec<Argument> {
    let argument = |value: InputValue<'static, Name>| (value.name, value.value_type.to_string());
    values.into_iter().map(argument).collect()
}

/// The name of a type without its list and non-null marks.
pub(super) fn named(of: &str) -> &str {
    of.trim_matches(['[', ']', '!'])
}

/// The field `name` of object type `parent`.
pub(super) fn find(product: Product, parent: &str, name: &str) -> Option<&'static Field> {
    let mut fields = Schema::of(product).objects.get(parent)?.iter();
    fields.find(|field| field.name == name)
}

/// Whether `name` is an object type, so that something must be selected of it.
pub(super) fn is_object(product: Product, name: &str) -> bool {
    Schema::of(product).objects.contains_key(name)
}

/// The fields of an input type.
pub(super) fn input(product: Product, name: &str) -> Option<&'static [Argument]> {
    let input = Schema::of(product).inputs.get(name)?;
    Some(input.as_slice())
}
