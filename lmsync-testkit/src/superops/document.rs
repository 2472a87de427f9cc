//! From a GraphQL document that is valid to the fields it selects.

use apollo_compiler::ast::{DirectiveList, Type, Value as Literal};
use apollo_compiler::executable::{Field as Node, Selection, SelectionSet};
use apollo_compiler::{ExecutableDocument, Name};
use serde_json::{Map, Value};

use super::errors::Invalid;
use super::schema::Schema;
use super::spec::Product;

/// A field that is asked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selected {
    /// What it is called in the answer: its alias, else its name.
    pub(super) key: String,
    /// Its name.
    pub(super) name: String,
    /// Its type.
    pub(super) of: Type,
    /// Its arguments.
    pub(super) arguments: Map<String, Value>,
    /// What is asked for of it.
    pub(super) fields: Vec<Selected>,
}

/// What a document asks for: a query, or a mutation.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operation {
    /// Its top-level fields, which are of type `Query` or `Mutation`.
    pub(super) fields: Vec<Selected>,
    /// The name of that type.
    pub(super) root: Name,
    /// What is told of the schema, by key.
    pub(super) introspected: Map<String, Value>,
}

/// A request: a document, the operation of it to run, and the variables that came with it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) text: &'a str,
    pub(super) operation: Option<&'a str>,
    pub(super) variables: Option<&'a Map<String, Value>>,
}

/// Reads what is asked for, by the schema of `product`.
pub(super) fn read(product: Product, asked: Asked<'_>) -> Result<Operation, Vec<Invalid>> {
    let schema = Schema::of(product);
    let document = schema.document(asked.text)?;
    let chosen = document.operations.get(asked.operation);
    let chosen = chosen.map_err(|error| vec![Invalid::request(&error.message().to_string())])?;
    let variables = schema.variables(chosen, asked.variables);
    let variables = variables.map_err(|invalid| vec![invalid])?;
    let reader = Reader {
        document: &document,
        variables: as_object(&*variables),
    };
    let fields = reader.select(&chosen.selection_set);
    let is_meta = |field: &Selected| matches!(field.name.as_str(), "__schema" | "__type");
    let introspected = match fields.iter().any(is_meta) {
        true => {
            let told = schema.introspect(&document, chosen, &variables);
            as_object(&told.map_err(|invalid| vec![invalid])?.data)
        }
        false => Map::new(),
    };
    Ok(Operation {
        fields,
        root: chosen.object_type().clone(),
        introspected,
    })
}

/// The members of a JSON object of the compiler's own kind.
fn as_object(object: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(object) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

struct Reader<'d> {
    document: &'d ExecutableDocument,
    variables: Map<String, Value>,
}

impl Reader<'_> {
    /// The fields that `set` selects, fragments resolved.
    fn select(&self, set: &SelectionSet) -> Vec<Selected> {
        let mut selected = Vec::new();
        self.collect(set, &mut selected);
        selected
    }

    fn collect(&self, set: &SelectionSet, into: &mut Vec<Selected>) {
        let selections = set.selections.iter();
        for selection in selections.filter(|selection| self.included(selection.directives())) {
            match selection {
                Selection::Field(node) => add(into, self.field(node)),
                Selection::InlineFragment(inline) => self.collect(&inline.selection_set, into),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = spread.fragment_def(self.document) {
                        self.collect(&fragment.selection_set, into);
                    }
                }
            }
        }
    }

    /// What `@include` and `@skip` say.
    fn included(&self, directives: &DirectiveList) -> bool {
        let condition = |name: &str| {
            let condition = directives.get(name)?.specified_argument_by_name("if")?;
            Some(self.json(condition))
        };
        condition("include") != Some(Value::Bool(false))
            && condition("skip") != Some(Value::Bool(true))
    }

    fn field(&self, node: &Node) -> Selected {
        let arguments = node.arguments.iter();
        Selected {
            key: node.response_key().to_string(),
            name: node.name.to_string(),
            of: node.ty().clone(),
            arguments: arguments
                .map(|argument| (argument.name.to_string(), self.json(&argument.value)))
                .collect(),
            fields: self.select(&node.selection_set),
        }
    }

    /// The literal as JSON, with variables filled in.
    fn json(&self, literal: &Literal) -> Value {
        match literal {
            Literal::Variable(name) => self.variable(name).cloned().unwrap_or_default(),
            Literal::Int(number) => number.as_str().parse().map_or(Value::Null, Value::Number),
            Literal::Float(number) => number.as_str().parse().map_or(Value::Null, Value::Number),
            Literal::String(text) => Value::String(text.clone()),
            Literal::Boolean(flag) => Value::Bool(*flag),
            Literal::Null => Value::Null,
            Literal::Enum(name) => Value::String(name.to_string()),
            Literal::List(items) => items.iter().map(|item| self.json(item)).collect(),
            Literal::Object(members) => members
                .iter()
                // A member whose variable was not given is as if it were not there.
                .filter(|(_, value)| match &**value {
                    Literal::Variable(name) => self.variable(name).is_some(),
                    _ => true,
                })
                .map(|(name, value)| (name.to_string(), self.json(value)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }

    fn variable(&self, name: &Name) -> Option<&Value> {
        self.variables.get(name.as_str())
    }
}

/// Adds `field`; what is asked for twice under one key is one field.
fn add(fields: &mut Vec<Selected>, field: Selected) {
    match fields.iter_mut().find(|known| known.key == field.key) {
        Some(known) => {
            for part in field.fields {
                add(&mut known.fields, part);
            }
        }
        None => fields.push(field),
    }
}
