//! `provider::lectern::schedule_runs` over the wire.

use serde_json::json;

use crate::schedule::world::spawn;

#[tokio::test]
async fn the_function_gives_runs_and_tells_which_argument_is_wrong() {
    let provider = spawn("http://127.0.0.1:9", json!({})).await;
    let call = async |expression: &str, zone: &str, from: &str, n: serde_json::Value| {
        let arguments = [json!(expression), json!(zone), json!(from), n];
        provider.call_function("schedule_runs", &arguments).await.unwrap()
    };
    let from = "2030-03-30T00:00:00Z";
    let runs = call("cron(30 2 * * ? *)", "Europe/Berlin", from, json!(2))
        .await
        .unwrap();
    assert_eq!(
        runs,
        json!(["2030-03-30T01:30:00Z", "2030-04-01T00:30:00Z"]),
        "31 March has no 02:30"
    );
    for (place, answer) in [
        (0, call("cron(0 3 * * * *)", "UTC", from, json!(2)).await),
        (1, call("rate(1 day)", "Mars", from, json!(2)).await),
        (2, call("rate(1 day)", "UTC", "now", json!(2)).await),
        (3, call("rate(1 day)", "UTC", from, json!(0.5)).await),
    ] {
        let error = answer.unwrap_err();
        assert_eq!(error.function_argument, Some(place), "{}", error.text);
        assert!(error.text.contains("Use "), "{}", error.text);
        assert!(!error.text.ends_with('.'), "Terraform adds a full stop: {}", error.text);
    }
}
