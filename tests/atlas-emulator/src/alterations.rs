//! Changes of an answer on its way out.

use serde_json::{Value, json};

use crate::faults::FaultKind;

/// Changes a body as a fault says; `succeeded`: it is no error.
pub(crate) fn apply(kind: &FaultKind, body: &mut Value, succeeded: bool) {
    match kind {
        FaultKind::Show { members } if succeeded => for_each_object(body, &mut |object| {
            for (name, value) in members {
                object[name] = value.clone();
            }
        }),
        FaultKind::Omit { members } => for_each_object(body, &mut |object| {
            if let Value::Object(object) = object {
                object.retain(|name, _| !members.contains(name));
            }
        }),
        FaultKind::StringsAbsent if succeeded => for_each_object(body, &mut |object| {
            if let Some(Value::Object(strings)) = object.get_mut("connectionStrings") {
                strings.remove("privateEndpoint");
                strings.insert("awsPrivateLink".to_owned(), json!({}));
                strings.insert("awsPrivateLinkSrv".to_owned(), json!({}));
            }
        }),
        FaultKind::StringsOfOthers if succeeded => for_each_object(body, &mut |object| {
            if let Some(strings) = object.get_mut("connectionStrings") {
                give_to_others(strings);
            }
        }),
        _ => {}
    }
}

/// Members that no client knows, of each object.
pub(crate) fn add_unknown_members(body: &mut Value) {
    for_each_object(body, &mut |object| {
        object["memberOfTomorrow"] = json!({ "list": [1, null], "text": "unknown" });
    });
}

/// An object itself, or those of a list or a page.
fn for_each_object(body: &mut Value, change: &mut impl FnMut(&mut Value)) {
    let is_page = body.get("results").is_some_and(Value::is_array);
    match body {
        Value::Array(items) => items.iter_mut().for_each(change),
        Value::Object(page) if is_page => {
            if let Some(Value::Array(items)) = page.get_mut("results") {
                items.iter_mut().for_each(change);
            }
        }
        Value::Object(_) => change(body),
        _ => {}
    }
}

fn give_to_others(strings: &mut Value) {
    const OTHER: &str = "vpce-0123456789abcdef0";
    if let Some(Value::Array(private)) = strings.get_mut("privateEndpoint") {
        for endpoint in private
            .iter_mut()
            .filter_map(|string| string["endpoints"].as_array_mut())
            .flatten()
        {
            endpoint["endpointId"] = json!(OTHER);
        }
    }
    for map in ["awsPrivateLink", "awsPrivateLinkSrv"] {
        if let Some(Value::Object(by_endpoint)) = strings.get_mut(map) {
            let others = std::mem::take(by_endpoint).into_iter();
            by_endpoint.extend(others.map(|(_, string)| (OTHER.to_owned(), string)));
        }
    }
}
