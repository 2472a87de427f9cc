use super::*;

#[test]
fn scopes_are_all_or_nothing_and_a_greedy_key_is_locked() {
    let mut caller = Caller::new();
    caller.account.key().scopes.remove("platform.asset.read");
    let (status, body) = caller.sign_in("platform.companies.read platform.asset.read");
    assert_eq!(
        (status.as_u16(), body["error"].as_str()),
        (400, Some("invalid_scope"))
    );
    for _ in 0..4 {
        assert_eq!(caller.sign_in("platform.companies.read").0, StatusCode::OK);
    }
    assert_eq!(
        caller.sign_in("platform.companies.read").0,
        StatusCode::LOCKED
    );
    caller.now += TimeDelta::seconds(3600);
    assert_eq!(
        caller
            .send(Method::GET, "/v1/rate_limits", &Value::Null)
            .0
            .as_u16(),
        401
    );
    assert_eq!(caller.sign_in("platform.companies.read").0, StatusCode::OK);
}

#[test]
fn every_shape_of_an_error_is_another() {
    let mut shapes = std::collections::BTreeSet::new();
    for shape in ErrorShape::ALL {
        let mut caller = Caller::new();
        caller.account.misbehaviour().error_shape = Some(shape);
        let (status, body, _) = caller.send(Method::GET, "/nowhere", &Value::Null);
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(shapes.insert(body.to_string()));
    }
}

#[test]
fn a_token_lasts_to_the_second() {
    let mut caller = Caller::of(CwRmmSpec {
        tokens_at_once: 1,
        ..fleet().into()
    });
    let limits = |caller: &mut Caller| {
        let (status, _, _) = caller.send(Method::GET, "/v1/rate_limits", &Value::Null);
        status.as_u16()
    };
    caller.now += TimeDelta::seconds(3598);
    assert_eq!(limits(&mut caller), 200);
    assert_eq!(caller.sign_in("").0, StatusCode::LOCKED);
    caller.now += TimeDelta::seconds(1);
    assert_eq!(limits(&mut caller), 401);
    assert_eq!(caller.sign_in("").0, StatusCode::OK);
}

/// Asks for the limits, and gives the header called `name` of the refusal.
fn refusal(caller: &mut Caller, name: &str) -> Option<String> {
    let response = caller.respond(Method::GET, "/v1/rate_limits", &Value::Null);
    assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
    let value = response.headers().get(name)?;
    Some(value.to_str().unwrap().to_owned())
}

#[test]
fn a_spent_limit_says_when_it_rolls_on_and_a_whim_five_seconds() {
    let mut caller = Caller::of(CwRmmSpec {
        requests_in_five_minutes: Some(2),
        ..fleet().into()
    });
    caller.account.misbehaviour().throttle_word = ThrottleWord::RetryAfter;
    caller.account.misbehaviour().throttle_next = 1;
    assert_eq!(refusal(&mut caller, "retry-after").as_deref(), Some("5"));
    let (status, _, _) = caller.send(Method::GET, "/v1/rate_limits", &Value::Null);
    assert_eq!(status, StatusCode::OK);
    caller.now += TimeDelta::milliseconds(10_500);
    assert_eq!(refusal(&mut caller, "retry-after").as_deref(), Some("290"));
    caller.account.misbehaviour().throttle_next = 1;
    assert_eq!(refusal(&mut caller, "retry-after").as_deref(), Some("5"));
    caller.account.misbehaviour().throttle_word = ThrottleWord::Reset;
    let reset = (now() + TimeDelta::seconds(300)).timestamp().to_string();
    assert_eq!(refusal(&mut caller, "reset"), Some(reset));
    caller.account.misbehaviour().throttle_word = ThrottleWord::Nothing;
    assert_eq!(refusal(&mut caller, "reset"), None);
    assert_eq!(refusal(&mut caller, "retry-after"), None);
}

#[test]
fn an_account_and_its_spec_show_themselves_without_their_secrets() {
    let spec = CwRmmSpec {
        page_cap: 25,
        ..fleet().into()
    };
    let caller = Caller::of(spec.clone());
    for (shown, names) in [
        (format!("{spec:?}"), ["CwRmmSpec", "page_cap: 25"]),
        (
            format!("{:?}", caller.account),
            ["CwRmmSimulator", "platform.devices.read"],
        ),
    ] {
        assert!(shown.contains(&spec.client_id), "{shown}");
        assert!(names.iter().all(|name| shown.contains(name)), "{shown}");
        assert!(!shown.contains(&spec.client_secret), "{shown}");
        assert!(!shown.contains(&spec.token_prefix), "{shown}");
    }
}
