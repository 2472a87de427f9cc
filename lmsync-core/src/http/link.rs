//! `Link` headers, as servers really write them.

/// The most characters of a header that is shown.
const SHOWN: usize = 120;

/// The target that `headers` call `relation`.
///
/// # Errors
/// The header, when it names `relation` and no target can be read.
pub(super) fn find<'h>(
    headers: impl Iterator<Item = &'h [u8]>,
    relation: &str,
) -> Result<Option<String>, String> {
    let mut unreadable = None;
    for header in headers {
        // A byte that is no text may stand in a title; inside the target it is found out below.
        let header = String::from_utf8_lossy(header);
        let mut links = links(&header)
            .filter(|(_, parameters)| is_called(split_outside_quotes(parameters, ';'), relation));
        match links.next() {
            Some((target, _)) if is_readable(target) => return Ok(Some(target.to_owned())),
            Some(_) => unreadable = Some(header.chars().take(SHOWN).collect()),
            // Not as a link, and named all the same.
            None if is_called(header.split([';', ',']), relation) => {
                unreadable = Some(header.chars().take(SHOWN).collect());
            }
            None => {}
        }
    }
    unreadable.map_or(Ok(None), Err)
}

fn is_readable(target: &str) -> bool {
    !target.is_empty() && !target.contains(char::REPLACEMENT_CHARACTER)
}

/// The links of `header`, each with its parameters.
fn links(header: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = header;
    std::iter::from_fn(move || {
        let (_, link) = rest.split_once('<')?;
        let (target, after) = link.split_once('>')?;
        let parameters = split_outside_quotes(after, ',').next().unwrap_or_default();
        rest = &after[parameters.len()..];
        Some((target.trim(), parameters))
    })
}

/// The parts of `text` between `separator`s; one inside quotes is none.
fn split_outside_quotes(text: &str, separator: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    text.split(move |c| {
        let is_end = c == separator && !quoted;
        quoted ^= c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        is_end
    })
}

/// Tells whether one of `parameters` calls its link `relation`.
fn is_called<'p>(mut parameters: impl Iterator<Item = &'p str>, relation: &str) -> bool {
    parameters.any(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        let mut relations = value.trim().trim_matches(['"', '\'']).split_whitespace();
        name.trim().eq_ignore_ascii_case("rel")
            && relations.any(|own| own.eq_ignore_ascii_case(relation))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TARGET: &str = "https://h/x?cursor=7&limit=5";

    fn next(headers: &[&[u8]]) -> Result<Option<String>, String> {
        find(headers.iter().copied(), "next")
    }

    #[test]
    fn the_next_page_is_found_in_every_form() {
        for header in [
            "<https://h/x?cursor=7&limit=5>; rel=\"next\"",
            "<https://h/x?cursor=7&limit=5>; rel='next'",
            "< https://h/x?cursor=7&limit=5 >;title=\"a\"; REL=\"prev next\"",
            "<https://h/x?cursor=3>; rel=\"prev\", <https://h/x?cursor=7&limit=5>; rel=next",
            "<https://h/3>; title=\"a, <b>; rel=next\"; rel=last,<https://h/x?cursor=7&limit=5>;rel=next",
            "<https://h/x?cursor=7&limit=5>; rel = next ; title=\"a \\\" b\"",
        ] {
            assert_eq!(
                next(&[header.as_bytes()]),
                Ok(Some(TARGET.to_owned())),
                "{header}"
            );
        }
        let relative = next(&[b"</x?cursor=7>; rel=next"]);
        assert_eq!(relative, Ok(Some("/x?cursor=7".to_owned())));
        let with_commas = next(&[b"<https://h/x?f=a,b>; rel=next"]);
        assert_eq!(with_commas, Ok(Some("https://h/x?f=a,b".to_owned())));
    }

    #[test]
    fn several_headers_are_one_list() {
        let next_page = b"<https://h/x?cursor=7&limit=5>; rel=\"next\"";
        for others in [
            &b"<https://h/x?cursor=1>; rel=\"first\""[..],
            b"",
            b"<https://h/doc>; rel=help; title=\"\xfcber\"",
        ] {
            for headers in [[others, next_page], [next_page, others]] {
                assert_eq!(next(&headers), Ok(Some(TARGET.to_owned())));
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text_matter_in_the_target_alone() {
        let title = next(&[b"<https://h/x?cursor=7&limit=5>; title=\"M\xfcller\"; rel=next"]);
        assert_eq!(title, Ok(Some(TARGET.to_owned())));
        assert!(next(&[b"<https://h/x?cursor=\xfc>; rel=next"]).is_err());
    }

    #[test]
    fn a_next_page_that_is_named_and_cannot_be_read_is_not_the_end() {
        for header in [
            "https://h/x?cursor=7; rel=next",
            "https://h/x?f=a,b; rel='next'",
            "<https://h/x; rel=\"next\"",
            "<>; rel=next",
            "< >; rel=next",
            "rel=next",
            "<https://h/1>; rel=prev, https://h/2; rel=next",
        ] {
            assert!(next(&[header.as_bytes()]).is_err(), "{header}");
        }
    }

    #[test]
    fn what_names_no_next_page_is_the_end() {
        for header in [
            "",
            "<https://h/x>",
            "<https://h/next>; rel=\"last\"",
            "<https://h/x?rel=next>; rel=prev",
            "<https://h/x>; title=\"next\"",
            "<https://h/x>; rel=nextish",
        ] {
            assert_eq!(next(&[header.as_bytes()]), Ok(None), "{header}");
        }
        assert_eq!(next(&[]), Ok(None));
    }

    proptest! {
        #[test]
        fn any_header_is_looked_through(header: Vec<u8>, text in "[<>;,= a-z\"']*") {
            let _ = (next(&[&header]), next(&[text.as_bytes()]));
        }

        /// A header in which `rel=next` stands by itself is never the end.
        #[test]
        fn a_pointer_is_never_lost(before in "[<>;, a-z\"']*", after in "[<>, a-z\"']*") {
            let header = format!("{before};rel=next;{after}");
            prop_assert!(next(&[header.as_bytes()]) != Ok(None));
        }
    }
}
