//! The `Link` header: the place of the next page, without ever going to another host.

use lmsync_core::listing::Next;
use url::Url;

/// The query of the page that `header` calls the next one. Its host and path are left
/// alone: credentials go to the configured origin, whatever a header says.
pub(crate) fn next_query(header: Option<&str>) -> Next {
    match header.and_then(next) {
        None => Next::End,
        Some(target) => match query(target) {
            Some(query) => Next::Cursor(query),
            None => {
                Next::Unreadable("the `Link` header names a next page without a query".to_owned())
            }
        },
    }
}

/// The parameter `cursor` of the page that `header` calls the next one.
pub(crate) fn next_cursor(header: Option<&str>) -> Next {
    match header.and_then(next) {
        None => Next::End,
        Some(target) => match cursor(target) {
            Some(cursor) => Next::Cursor(cursor),
            None => {
                Next::Unreadable("the `Link` header names a next page without a cursor".to_owned())
            }
        },
    }
}

/// The target that is called the next page.
fn next(header: &str) -> Option<&str> {
    Some(targets(header).find(|(_, about)| is_next(about))?.0)
}

fn query(target: &str) -> Option<String> {
    let url = parse(target)?;
    url.query()
        .filter(|query| !query.is_empty())
        .map(ToOwned::to_owned)
}

fn cursor(target: &str) -> Option<String> {
    let url = parse(target)?;
    let mut pairs = url.query_pairs();
    let (_, cursor) = pairs.find(|(name, value)| name == "cursor" && !value.trim().is_empty())?;
    Some(cursor.trim().to_owned())
}

/// The address of `target`, only to be read: nothing is ever sent there.
fn parse(target: &str) -> Option<Url> {
    Url::parse("https://next.invalid/").ok()?.join(target).ok()
}

/// Each `<target>` with what follows it.
fn targets(header: &str) -> impl Iterator<Item = (&str, &str)> {
    header.split('<').skip(1).filter_map(|part| {
        let (target, about) = part.split_once('>')?;
        Some((target.trim(), about))
    })
}

fn is_next(about: &str) -> bool {
    about.split([';', ',']).any(|parameter| {
        let Some((name, value)) = parameter.split_once('=') else {
            return false;
        };
        name.trim().eq_ignore_ascii_case("rel")
            && value
                .trim()
                .trim_matches('"')
                .split_whitespace()
                .any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_cursor_is_found_in_every_form_of_the_header() {
        for header in [
            "<https://openapi.service.itsupport247.net/api/x?limit=500&cursor=7>; rel=\"next\"",
            "<https://evil.example/steal?cursor=7&limit=500>; rel=\"next\"",
            "</api/x?cursor=7>; rel=next",
            "<?cursor=7>;title=\"a\"; REL=\"prev next\"",
            "<https://h/x?cursor=3>; rel=\"prev\", <https://h/x?cursor=7>; rel=\"next\"",
            "<https://h/x?cursor=%207>; rel=\"next\"",
        ] {
            assert_eq!(
                next_cursor(Some(header)),
                Next::Cursor("7".to_owned()),
                "{header}"
            );
        }
    }

    #[test]
    fn no_next_page_is_the_end() {
        for header in [
            None,
            Some(""),
            Some("<https://h/x?cursor=7>"),
            Some("<https://h/x?cursor=7>; rel=\"last\""),
            Some("https://h/x?cursor=7; rel=next"),
            Some("<https://h/x?cursor=7; rel=\"next\""),
        ] {
            assert_eq!(next_cursor(header), Next::End, "{header:?}");
            assert_eq!(next_query(header), Next::End, "{header:?}");
        }
    }

    #[test]
    fn a_next_page_whose_place_is_not_told_is_not_the_end() {
        for header in [
            "<https://h/x>; rel=\"next\"",
            "<https://h/x?>; rel=\"next\"",
        ] {
            assert!(
                matches!(next_query(Some(header)), Next::Unreadable(_)),
                "{header}"
            );
        }
        for header in [
            "<https://h/x>; rel=\"next\"",
            "<https://h/x?cursor=>; rel=\"next\"",
            "<https://h/x?limit=5>; rel=\"next\"",
        ] {
            assert!(
                matches!(next_cursor(Some(header)), Next::Unreadable(_)),
                "{header}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in "\\PC*") {
            let _ = next_cursor(Some(&header));
        }
    }
}
