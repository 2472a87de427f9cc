//! OpenAPI 3.0 documents as schemas.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::{Request, Response};
use jsonschema::{Registry, Validator};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::Schema;
use super::schema_rules;
use super::violation::{Side, Violation};

/// The name of the document within itself.
const DOCUMENT: &str = "urn:document";

/// An OpenAPI 3.0 document.
///
/// A path is that of the server, with `servers` of the path in place of the document's. A query may hold what the call names, each of its
/// type; what it must hold has to be there. Headers have to be there where the call requires them. A body is held against its type,
/// which allows no member that it does not name. A refusal whose status the document does not list is not looked into.
pub struct OpenApi {
    document: Value,
    calls: Vec<Call>,
    registry: Registry<'static>,
    /// By the place of the type in the document; made when it is used first.
    validators: Mutex<HashMap<String, Arc<Validator>>>,
}

/// A call, by method and path.
struct Call {
    method: String,
    /// The parts of the path; `None` for a parameter.
    path: Vec<Option<String>>,
    name: String,
    /// Its place in the document, as a JSON pointer.
    pointer: String,
    parameters: Vec<Value>,
}

impl OpenApi {
    /// The document in `text`.
    ///
    /// # Panics
    /// When it is no OpenAPI document: it is part of the kit.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut document: Value = match serde_json::from_str(text) {
            Ok(document) => document,
            Err(error) => panic!("no JSON: {error}"),
        };
        schema_rules::convert(&mut document);
        let calls = calls(&document);
        assert!(!calls.is_empty(), "a document without calls");
        let registry = jsonschema::Registry::new()
            .add(DOCUMENT, document.clone())
            .and_then(|registry| registry.prepare());
        let registry = match registry {
            Ok(registry) => registry,
            Err(error) => panic!("no schema: {error}"),
        };
        Self {
            document,
            calls,
            registry,
            validators: Mutex::default(),
        }
    }

    fn call<B>(&self, request: &Request<B>) -> Option<&Call> {
        let parts: Vec<&str> = parts(request.uri().path()).collect();
        let mut calls: Vec<_> = self
            .calls
            .iter()
            .filter(|call| call.is_asked_by(request.method().as_str(), &parts))
            .collect();
        // What is named stands before what is a parameter.
        calls.sort_by_key(|call| call.path.iter().filter(|part| part.is_none()).count());
        calls.first().copied()
    }

    /// The places that break the type at `pointer`, with the fault of each.
    fn broken(&self, pointer: &str, value: &Value) -> Vec<(String, String)> {
        let validator = self.validator(pointer);
        let errors = validator.iter_errors(value);
        let told = errors.map(|error| {
            let place = numberless(error.instance_path().as_str());
            (place, error.masked_with("a value").to_string())
        });
        told.collect()
    }

    fn validator(&self, pointer: &str) -> Arc<Validator> {
        let mut validators = self
            .validators
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let made = validators.entry(pointer.to_owned()).or_insert_with(|| {
            let pointer = pointer.replace('{', "%7B").replace('}', "%7D");
            let reference = json!({ "$ref": format!("{DOCUMENT}#{pointer}") });
            let validator = jsonschema::options()
                .with_registry(&self.registry)
                .should_validate_formats(false)
                .build(&reference);
            match validator {
                Ok(validator) => Arc::new(validator),
                Err(error) => panic!("no type at {pointer}: {error}"),
            }
        });
        Arc::clone(made)
    }

    /// The fault of `parameter`, of which there are `values`.
    fn broken_parameter(&self, parameter: &Value, values: &[&str]) -> Option<String> {
        if values.is_empty() {
            let is_required = parameter["required"] == json!(true);
            return is_required.then(|| "is not there".to_owned());
        }
        let kind = &parameter["schema"];
        let kind = match kind["$ref"].as_str() {
            Some(reference) => self.document.pointer(reference.trim_start_matches('#'))?,
            None => kind,
        };
        if kind["type"] == json!("array") {
            let parts = values.iter().flat_map(|value| value.split(','));
            let mut broken = parts.filter_map(|part| wrong(&kind["items"], part));
            return broken.next();
        }
        match values {
            [value] => wrong(kind, value),
            _ => Some("is there more than once".to_owned()),
        }
    }
}

impl Schema for OpenApi {
    fn request(&self, request: &Request<Bytes>) -> Vec<Violation> {
        let Some(call) = self.call(request) else {
            let name = format!("{} {}", request.method(), request.uri().path());
            return vec![Violation::new(Side::Request, name, "path", "no such call")];
        };
        let mut found = Vec::new();
        let query: Vec<(String, String)> =
            form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes())
                .into_owned()
                .collect();
        let mut known = BTreeSet::new();
        for parameter in &call.parameters {
            let name = parameter["name"].as_str().unwrap_or_default();
            let place = parameter["in"].as_str().unwrap_or_default();
            let values: Vec<&str> = match place {
                "query" => {
                    known.insert(name);
                    let same = query.iter().filter(|(key, _)| key == name);
                    same.map(|(_, value)| value.as_str()).collect()
                }
                "header" => {
                    let values = request.headers().get_all(name).into_iter();
                    values.filter_map(|value| value.to_str().ok()).collect()
                }
                "path" => call.part(name, request.uri().path()).into_iter().collect(),
                _ => continue,
            };
            if let Some(what) = self.broken_parameter(parameter, &values) {
                found.push((format!("{place} {name}"), what));
            }
        }
        let unknown = query
            .iter()
            .filter(|(key, _)| !known.contains(key.as_str()));
        found.extend(unknown.map(|(key, _)| (format!("query {key}"), "is not known".to_owned())));
        found.extend(self.broken_request_body(call, request));
        let name = call.name.clone();
        let told = |(place, what)| Violation::new(Side::Request, name.clone(), place, what);
        found.into_iter().map(told).collect()
    }

    fn answer(&self, request: &Request<Bytes>, answer: &Response<Bytes>) -> Vec<Violation> {
        let Some(call) = self.call(request) else {
            return Vec::new();
        };
        let status = answer.status();
        let told = |place: String, what: String| {
            let place = format!("{} {place}", status.as_u16());
            Violation::new(Side::Answer, call.name.clone(), place, what)
        };
        let Some(responses) = self
            .document
            .pointer(&format!("{}/responses", call.pointer))
        else {
            return Vec::new();
        };
        let mut listed = status.as_str();
        if responses.get(listed).is_none() {
            listed = "default";
        }
        let Some(response) = responses.get(listed) else {
            return match status.is_success() {
                true => vec![told("status".to_owned(), "is not listed".to_owned())],
                false => Vec::new(),
            };
        };
        let Some((media, _)) = content(response) else {
            return Vec::new();
        };
        let pointer = format!(
            "{}/responses/{listed}/content/{}/schema",
            call.pointer,
            escaped(media)
        );
        self.broken_json(&pointer, answer.body())
            .into_iter()
            .map(|(place, what)| told(place, what))
            .collect()
    }
}

impl OpenApi {
    fn broken_request_body(&self, call: &Call, request: &Request<Bytes>) -> Vec<(String, String)> {
        let body = request.body();
        let pointer = format!("{}/requestBody", call.pointer);
        let Some(described) = self.document.pointer(&pointer) else {
            return match body.is_empty() {
                true => Vec::new(),
                false => vec![("body".to_owned(), "is not known".to_owned())],
            };
        };
        if body.is_empty() {
            return match described["required"] == json!(true) {
                true => vec![("body".to_owned(), "is not there".to_owned())],
                false => Vec::new(),
            };
        }
        let Some((media, _)) = content(described) else {
            return Vec::new();
        };
        let pointer = format!("{pointer}/content/{}/schema", escaped(media));
        if media == "application/x-www-form-urlencoded" {
            let fields = form_urlencoded::parse(body).into_owned();
            let form: Map<String, Value> =
                fields.map(|(name, value)| (name, value.into())).collect();
            return in_body(self.broken(&pointer, &Value::Object(form)));
        }
        self.broken_json(&pointer, body)
    }

    fn broken_json(&self, pointer: &str, body: &[u8]) -> Vec<(String, String)> {
        match serde_json::from_slice(body) {
            Ok(value) => in_body(self.broken(pointer, &value)),
            Err(error) => vec![("body".to_owned(), format!("is no JSON: {error}"))],
        }
    }
}

fn in_body(found: Vec<(String, String)>) -> Vec<(String, String)> {
    let told = |(place, what)| (format!("body {place}").trim_end().to_owned(), what);
    found.into_iter().map(told).collect()
}

impl Call {
    fn is_asked_by(&self, method: &str, parts: &[&str]) -> bool {
        let is_part = |(known, part): (&Option<String>, &&str)| {
            known.as_ref().is_none_or(|known| known == part)
        };
        self.method == method
            && self.path.len() == parts.len()
            && self.path.iter().zip(parts).all(is_part)
    }

    /// The part of `path` that is the parameter `name`.
    fn part<'p>(&self, name: &str, path: &'p str) -> Option<&'p str> {
        let template = self.name.split_once(' ')?.1;
        let wanted = format!("{{{name}}}");
        let from_end = parts(template).rev().position(|part| part == wanted)?;
        parts(path).rev().nth(from_end)
    }
}

fn parts(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty())
}

/// All calls of `document`.
fn calls(document: &Value) -> Vec<Call> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let mut calls = Vec::new();
    for (path, item) in paths {
        let server = server(item)
            .or_else(|| server(document))
            .unwrap_or_default();
        let methods = ["get", "put", "post", "patch", "delete"];
        for method in methods
            .into_iter()
            .filter(|method| item[*method].is_object())
        {
            let whole = format!("{server}/{path}");
            let part = |part: &str| (!part.starts_with('{')).then(|| part.to_owned());
            let own = [&item["parameters"], &item[method]["parameters"]].into_iter();
            let parameters = own.filter_map(Value::as_array).flatten();
            calls.push(Call {
                method: method.to_uppercase(),
                path: parts(&whole).map(part).collect(),
                name: format!("{} {path}", method.to_uppercase()),
                pointer: format!("/paths/{}/{method}", escaped(path)),
                parameters: parameters.map(|it| resolved(document, it)).collect(),
            });
        }
    }
    calls
}

fn resolved(document: &Value, parameter: &Value) -> Value {
    let reference = parameter["$ref"].as_str();
    let to = reference.and_then(|to| document.pointer(to.trim_start_matches('#')));
    to.unwrap_or(parameter).clone()
}

/// The path of the first server.
fn server(of: &Value) -> Option<String> {
    let url = of["servers"][0]["url"].as_str()?;
    let path = match url.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => url,
    };
    Some(path.to_owned())
}

/// The kind of what is sent, and its description.
fn content(described: &Value) -> Option<(&str, &Value)> {
    let kinds = described["content"].as_object()?;
    kinds
        .iter()
        .find(|(_, kind)| kind["schema"].is_object())
        .map(|(media, kind)| (media.as_str(), kind))
}

/// The fault of `text` as a value of `kind`.
fn wrong(kind: &Value, text: &str) -> Option<String> {
    let is_one = match kind["type"].as_str().or_else(|| kind["type"][0].as_str()) {
        Some("integer") => text.parse::<i64>().is_ok(),
        Some("number") => text.parse::<f64>().is_ok_and(f64::is_finite),
        Some("boolean") => matches!(text, "true" | "false"),
        _ => true,
    };
    let is_word = kind["enum"]
        .as_array()
        .is_none_or(|words| words.iter().any(|word| word == text));
    let what = match (is_one, is_word) {
        (false, _) => format!("is no {}", kind["type"]),
        (_, false) => format!("is none of {}", kind["enum"]),
        _ => return None,
    };
    Some(what)
}

/// A JSON pointer without the numbers of elements.
fn numberless(pointer: &str) -> String {
    let part = |part: &str| match part.parse::<usize>() {
        Ok(_) => "*".to_owned(),
        Err(_) => part.to_owned(),
    };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}

/// A name within a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests;
