//! The same alarms twice: one `lectern_alarm_bundle`, and as many `aws_cloudwatch_metric_alarm` through hashicorp/aws. First
//! without tags, then with two on every alarm.

use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir, aws_provider_or_skip};
use anyhow::{Context, Result};
use cloudwatch_emulator::{Emulator, Options};
use serde_json::{Map, Value, json};

use crate::median;
use crate::processes::{Cost, run};

const PLAN: [&str; 3] = ["plan", "-input=false", "-no-color"];
const APPLY: [&str; 4] = ["apply", "-input=false", "-no-color", "-auto-approve"];

struct Side {
    title: &'static str,
    provider: &'static str,
    workdir: Workdir,
}

impl Side {
    fn run(&self, arguments: &[&str]) -> Result<Cost> {
        run(&mut self.workdir.command(arguments), self.provider).with_context(|| self.title)
    }
}

/// What one side cost, and the calls it made.
#[derive(Default)]
struct Measured {
    apply: Cost,
    apply_calls: usize,
    plan: Vec<Cost>,
    plan_calls: usize,
}

pub(crate) async fn measure(functions: usize, runs: usize) -> Result<()> {
    measure_with(&json!({}), functions, runs).await?;
    measure_with(&json!({ "team": "platform", "stage": "bench" }), functions, runs).await
}

async fn measure_with(tags: &Value, functions: usize, runs: usize) -> Result<()> {
    let emulator = Emulator::start(Options::default()).await?;
    let endpoint = emulator.endpoint_url();
    let lectern = lectern(&endpoint, functions, tags)?;
    let mut sides = vec![lectern];
    let mut measured = vec![applied(&emulator, &sides[0])?];
    let alarms = sides[0].workdir.state_of("lectern_alarm_bundle.bench")?["alarms"].clone();
    let count = alarms.as_object().map_or(0, Map::len);
    let each = tags.as_object().map_or(0, Map::len);
    println!("\n{count} alarms, {each} tags on each, {runs} plans with refresh in turn");
    if aws_provider_or_skip("bench of alarms beside hashicorp/aws")?.is_some() {
        let aws = aws(&endpoint, &alarms, tags)?;
        measured.push(applied(&emulator, &aws)?);
        sides.push(aws);
    }
    for _ in 0..runs {
        for (side, measured) in sides.iter().zip(&mut measured) {
            emulator.clear_calls();
            measured.plan.push(side.run(&PLAN)?);
            measured.plan_calls = emulator.calls().len();
        }
    }
    report(&sides, &measured);
    Ok(())
}

fn applied(emulator: &Emulator, side: &Side) -> Result<Measured> {
    side.workdir.init()?;
    emulator.clear_calls();
    let apply = side.run(&APPLY)?;
    Ok(Measured {
        apply,
        apply_calls: emulator.calls().len(),
        ..Measured::default()
    })
}

fn environment(endpoint: &str) -> [(&'static str, &str); 4] {
    [
        ("AWS_ENDPOINT_URL", endpoint),
        ("AWS_ACCESS_KEY_ID", "111122223333"),
        ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_REGION", "us-east-1"),
    ]
}

fn lectern(endpoint: &str, functions: usize, tags: &Value) -> Result<Side> {
    let workdir = Workdir::new(Engine::Terraform, &environment(endpoint))?;
    let targets: Map<String, Value> = (0..functions)
        .map(|number| {
            (
                format!("f{number:04}"),
                json!({ "function_name": format!("function-{number}"), "timeout_seconds": 30 }),
            )
        })
        .collect();
    let bundle = json!({
        "name": "bench",
        "severities": { "warning": {}, "critical": {} },
        "lambda": targets,
        "tags": tags,
    });
    workdir.write("versions.tf", REQUIRED_PROVIDERS)?;
    let config = json!({
        "provider": { "lectern": { "alarm_writes_per_second": 0 } },
        "resource": { "lectern_alarm_bundle": { "bench": bundle } },
    });
    workdir.write("main.tf.json", &config.to_string())?;
    Ok(Side {
        title: "lectern_alarm_bundle",
        provider: "terraform-provider-lectern",
        workdir,
    })
}

/// The alarms of a bundle's state as resources of hashicorp/aws, under other names.
fn aws(endpoint: &str, alarms: &Value, tags: &Value) -> Result<Side> {
    let workdir = Workdir::new(Engine::Terraform, &environment(endpoint))?;
    let resource = |(number, alarm): (usize, &Value)| {
        let mut alarm = alarm.clone();
        let name = format!("aws-{}", alarm["name"].as_str().unwrap_or_default());
        let statistic = alarm["statistic"].as_str().unwrap_or_default().to_owned();
        let statistic_attribute = if statistic.starts_with('p') {
            "extended_statistic"
        } else {
            "statistic"
        };
        let mut resource = Map::new();
        for attribute in [
            "namespace",
            "metric_name",
            "dimensions",
            "period",
            "evaluation_periods",
            "datapoints_to_alarm",
            "comparison_operator",
            "threshold",
            "treat_missing_data",
            "actions_enabled",
            "alarm_actions",
        ] {
            resource.insert(attribute.to_owned(), alarm[attribute].take());
        }
        resource.insert("alarm_name".to_owned(), name.into());
        resource.insert("alarm_description".to_owned(), alarm["description"].take());
        resource.insert(statistic_attribute.to_owned(), statistic.into());
        resource.insert("tags".to_owned(), tags.clone());
        (format!("a{number:04}"), Value::Object(resource))
    };
    let resources: Map<String, Value> = alarms
        .as_object()
        .into_iter()
        .flat_map(Map::values)
        .enumerate()
        .map(resource)
        .collect();
    let config = json!({
        "terraform": { "required_providers": { "aws": { "source": "hashicorp/aws" } } },
        "provider": { "aws": {
            "skip_credentials_validation": true,
            "skip_metadata_api_check": true,
            "skip_region_validation": true,
        } },
        "resource": { "aws_cloudwatch_metric_alarm": resources },
    });
    workdir.write("main.tf.json", &config.to_string())?;
    Ok(Side {
        title: "aws_cloudwatch_metric_alarm",
        provider: "terraform-provider-aws",
        workdir,
    })
}

fn report(sides: &[Side], measured: &[Measured]) {
    let middle = |plans: &[Cost], of: fn(&Cost) -> f64| median(plans.iter().map(of).collect());
    type Row = (&'static str, Box<dyn Fn(&Measured) -> f64>);
    let rows: Vec<Row> = vec![
        ("apply: wall s", Box::new(|m| m.apply.wall_seconds)),
        ("apply: provider CPU s", Box::new(|m| m.apply.cpu_seconds)),
        ("apply: provider peak MiB", Box::new(|m| m.apply.peak_mib)),
        ("apply: API calls", Box::new(|m| m.apply_calls as f64)),
        (
            "plan with refresh: wall s",
            Box::new(move |m| middle(&m.plan, |c| c.wall_seconds)),
        ),
        (
            "plan with refresh: provider CPU s",
            Box::new(move |m| middle(&m.plan, |c| c.cpu_seconds)),
        ),
        (
            "plan with refresh: provider peak MiB",
            Box::new(move |m| middle(&m.plan, |c| c.peak_mib)),
        ),
        ("plan with refresh: API calls", Box::new(|m| m.plan_calls as f64)),
    ];
    let titles: Vec<_> = sides.iter().map(|side| format!("{:>28}", side.title)).collect();
    println!(
        "{:36}{}{:>10}",
        "",
        titles.concat(),
        if sides.len() > 1 { "ratio" } else { "" }
    );
    for (title, value) in rows {
        let values: Vec<f64> = measured.iter().map(&value).collect();
        let cells: Vec<_> = values.iter().map(|value| format!("{value:>28.2}")).collect();
        let ratio = match values.as_slice() {
            [lectern, other] => format!("{:>9.1}x", other / lectern),
            _ => String::new(),
        };
        println!("{title:36}{}{ratio}", cells.concat());
    }
    if sides.len() > 1 {
        println!("ratio: hashicorp/aws to lectern. Targets: plan wall 10x, plan peak 30x.");
    }
}
