//! The `Link` header: where the next page is, without ever going to another host.

use url::Url;

/// The parameters of a request.
pub(crate) type Parameters = Vec<(String, String)>;

/// The parameters of the page that `header` calls the next one. Its host and path are left
/// alone: credentials go to the configured origin, whatever a header says.
pub(crate) fn next(header: &str) -> Option<Parameters> {
    let target = targets(header).find(|(_, about)| is_next(about))?.0;
    // Only to read a relative address; nothing is ever sent there.
    let base = Url::parse("https://next.invalid/").ok()?;
    let url = base.join(target).ok()?;
    let parameters: Parameters = url.query_pairs().into_owned().collect();
    (!parameters.is_empty()).then_some(parameters)
}

/// The value of the parameter `name`.
pub(crate) fn value<'p>(parameters: &'p Parameters, name: &str) -> Option<&'p str> {
    parameters
        .iter()
        .find(|(key, value)| key == name && !value.trim().is_empty())
        .map(|(_, value)| value.trim())
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

    fn cursor(header: &str) -> Option<String> {
        value(&next(header)?, "cursor").map(ToOwned::to_owned)
    }

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
            assert_eq!(cursor(header).as_deref(), Some("7"), "{header}");
        }
    }

    #[test]
    fn no_next_page_is_none() {
        for header in [
            "",
            "<https://h/x?cursor=7>",
            "<https://h/x?cursor=7>; rel=\"last\"",
            "<https://h/x>; rel=\"next\"",
            "<https://h/x?cursor=>; rel=\"next\"",
            "https://h/x?cursor=7; rel=next",
            "<https://h/x?cursor=7; rel=\"next\"",
        ] {
            assert_eq!(cursor(header), None, "{header}");
        }
    }

    proptest! {
        #[test]
        fn any_header_is_read(header in "\\PC*") {
            let _ = next(&header);
        }
    }
}
