//! Rows as JSON objects.

use lmsync::store::Value;

/// Adds the JSON object of `values`, one for each of `columns`, to `json`; without those whose column has no
/// name.
pub(crate) fn write<'r>(
    columns: &[Option<&str>],
    values: impl Iterator<Item = Value<'r>>,
    json: &mut Vec<u8>,
) {
    let mut comma = b'{';
    for (name, value) in columns.iter().zip(values) {
        let Some(name) = name else { continue };
        json.push(comma);
        comma = b',';
        json.push(b'"');
        // A name needs no escapes.
        json.extend_from_slice(name.as_bytes());
        json.extend_from_slice(b"\":");
        write_value(&value, json);
    }
    json.push(b'}');
}

fn write_value(value: &Value<'_>, json: &mut Vec<u8>) {
    let written = match value {
        Value::Text(text) => serde_json::to_writer(&mut *json, text),
        Value::Integer(number) => serde_json::to_writer(&mut *json, number),
        Value::Real(number) => serde_json::to_writer(&mut *json, number),
        Value::Boolean(truth) => serde_json::to_writer(&mut *json, truth),
        Value::Date(_) | Value::Instant(_) => serde_json::to_writer(&mut *json, &value.time_text()),
        Value::Json(text) => {
            // A vendor's own JSON may have line ends between its members; a text in it has none.
            let is_end = |byte: u8| byte == b'\n' || byte == b'\r';
            json.extend(
                text.bytes()
                    .map(|byte| if is_end(byte) { b' ' } else { byte }),
            );
            Ok(())
        }
        _ => {
            json.extend_from_slice(b"null");
            Ok(())
        }
    };
    debug_assert!(written.is_ok(), "memory takes everything");
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};

    use super::*;

    #[test]
    fn a_row_is_an_object_of_the_columns_that_are_wanted() {
        let cells = [
            (Some("text"), Value::text("a \"b\"\n"), r#""a \"b\"\n""#),
            (None, Value::text("left out"), ""),
            (Some("integer"), Value::Integer(-7), "-7"),
            (Some("real"), Value::Real(2.5), "2.5"),
            (Some("boolean"), Value::Boolean(true), "true"),
            (
                Some("date"),
                Value::date(NaiveDate::from_ymd_opt(2027, 5, 31).unwrap()),
                r#""2027-05-31""#,
            ),
            (
                Some("instant"),
                Value::instant(DateTime::UNIX_EPOCH),
                r#""1970-01-01T00:00:00.000000Z""#,
            ),
            (
                Some("json"),
                Value::Json("{\n\"a\": [1]\r\n}".into()),
                r#"{ "a": [1]  }"#,
            ),
            (Some("nothing"), Value::Null, "null"),
        ];
        let names = cells.each_ref().map(|(name, ..)| *name);
        let members = cells
            .iter()
            .filter_map(|(name, _, json)| Some(format!("\"{}\":{json}", (*name)?)));
        let expected = format!("{{{}}}", members.collect::<Vec<_>>().join(","));
        let mut json = Vec::new();
        write(
            &names,
            cells.into_iter().map(|(_, value, _)| value),
            &mut json,
        );
        assert_eq!(String::from_utf8(json).unwrap(), expected);
    }
}
