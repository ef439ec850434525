//! A page uploads with what the function hands out: in a real browser, from another origin, and under the rule of
//! terraform/modules/storage.

use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use local_cloud::browser::{Page, find_or_skip};
use serde_json::json;

use crate::world::{World, announcement, bytes, complete_event, create_event, send};

const STORAGE: &str = include_str!("../../../../terraform/modules/storage/main.tf");

/// Tries the first part with one header more, then sends all parts, then the form.
const SCRIPT: &str = r#"
const { part_bytes, parts } = given.parts.upload;
const put = async ({ number, url, headers }, more) => {
  const body = new Uint8Array(given.parts.content).slice((number - 1) * part_bytes, number * part_bytes);
  const answer = await fetch(url, { method: "PUT", headers: { ...headers, ...more }, body });
  return [answer.status, answer.headers.get("etag") !== null];
};
const traced = await put(parts[0], { "x-amzn-trace-id": "Root=1-5759e988-bd862e3fe1be46a994272793" }).catch(String);
const sent = [];
for (const part of parts) sent.push(await put(part, {}));
const form = new FormData();
for (const [name, value] of Object.entries(given.form.upload.fields)) form.append(name, value);
form.append("file", new Blob([new Uint8Array(given.form.content)]));
const posted = await fetch(given.form.upload.url, { method: "POST", body: form });
return { traced, sent, posted: posted.status };
"#;

/// What stands in the module's `cors_rule` as the value of a name.
fn of_the_module(name: &str) -> Vec<String> {
    let rule = STORAGE.split("cors_rule {").nth(1).unwrap().split('}').next().unwrap();
    let mut settings = rule.lines().filter_map(|line| line.split_once('='));
    let (_, value) = settings.find(|(known, _)| known.trim() == name).unwrap();
    serde_json::from_str(value.trim()).unwrap()
}

async fn share(world: &World, origin: &str) {
    let rule = CorsRule::builder()
        .allowed_origins(origin)
        .set_allowed_methods(Some(of_the_module("allowed_methods")))
        .set_allowed_headers(Some(of_the_module("allowed_headers")))
        .set_expose_headers(Some(of_the_module("expose_headers")));
    let rules = CorsConfiguration::builder().cors_rules(rule.build().unwrap());
    let call = world.files.s3.put_bucket_cors().bucket(&world.files.bucket);
    call.cors_configuration(rules.build().unwrap()).send().await.unwrap();
}

#[tokio::test]
async fn a_page_uploads_in_parts_and_by_form() {
    let Some(browser) = find_or_skip("a_page_uploads_in_parts_and_by_form") else {
        return;
    };
    let world = World::start().await;
    let page = Page::new().await.unwrap();
    share(&world, page.origin()).await;
    let function = world.function();
    let (large, small) = (bytes(1001), bytes(300));
    let parts = send(&function, &create_event(&announcement(&large))).await;
    let form = send(&function, &create_event(&announcement(&small))).await;
    let given = json!({
        "parts": { "upload": parts.body["upload"], "content": large },
        "form": { "upload": form.body["upload"], "content": small },
    });
    world.front.clear();
    let seen = page.run(&browser, SCRIPT, &given).await.unwrap();
    // The rule lacks that header, and so the browser sends nothing with it.
    assert_eq!(seen["traced"], "TypeError: Failed to fetch", "{seen}");
    assert_eq!(world.front.calls_of("UploadPart"), 3);
    assert_eq!(seen["sent"], json!([[200, true], [200, true], [200, true]]));
    assert_eq!(seen["posted"], 204);
    let preflights = world.front.operations();
    let preflights = preflights.iter().filter(|operation| operation.starts_with("OPTIONS "));
    assert_eq!(preflights.count(), 4, "one of each part, and one of what was refused");
    for (created, content) in [(parts, large), (form, small)] {
        let completed = send(&function, &complete_event(&created.id())).await;
        assert_eq!(completed.status, 200, "{}", completed.body);
        assert_eq!(world.content(&created.id()).await, Some(content));
    }
}
