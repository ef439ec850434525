//! `dashboard_body`: every graphed metric and every threshold, as CloudWatch's dashboard JSON.
//!
//! A section a target: its metrics with the thresholds that watch them, then its expressions. A bundle too large for one
//! dashboard gets the overview instead: a widget a metric, a line a target.

use std::collections::BTreeMap;

use alarm_catalog::{MetricSpec, metrics};
use serde_json::{Value as Json, json};
use tf_provider::value::Value;

use super::catalogue::{Entry, Outcome, by_target};
use super::target::{Target, Targets};
use super::values::flag_is_on;
use crate::alarm_bundle::state::{Alarm, AlarmMetric, EXPRESSION_ID, Flag, Map, Text};

/// Most widgets of a dashboard, most metrics of it. Source: CloudWatch User Guide, cloudwatch_limits.
const MAX_WIDGETS: usize = 500;
const MAX_METRICS: usize = 2500;

/// A grid is 24 wide; four graphs a row are still readable.
const GRID_WIDTH: usize = 24;
const GRAPH_WIDTH: usize = 6;
const GRAPH_HEIGHT: usize = 6;
const TEXT_HEIGHT: usize = 1;

const OVERVIEW_LINES: usize = 50;
const WARNING_COLOR: &str = "#ff7f0e";
const CRITICAL_COLOR: &str = "#d62728";
const OTHER_COLOR: &str = "#1f77b4";

/// One graph, before it has a place.
struct Graph {
    /// What the overview groups by.
    group: String,
    title: String,
    metrics: Vec<Json>,
    annotations: Vec<Json>,
    period: i64,
}

struct Section {
    title: String,
    graphs: Vec<Graph>,
}

/// The JSON; null unless it was asked for, unknown while anything in it is.
pub(crate) fn body<'a>(
    wanted: &Flag,
    bundle: &Text,
    region: &Text,
    targets: &'a Targets,
    entries: &[Entry<'a>],
    extras: &BTreeMap<String, Alarm>,
) -> Text {
    match flag_is_on(wanted) {
        Some(true) => {}
        Some(false) => return Value::Null,
        None => return Value::Unknown,
    }
    let (Value::Value(bundle), Value::Value(region)) = (bundle, region) else {
        return Value::Unknown;
    };
    match sections(targets, entries, extras) {
        Some(sections) => Value::Value(layout(bundle, region, sections).to_string()),
        None => Value::Unknown,
    }
}

fn sections<'a>(targets: &'a Targets, entries: &[Entry<'a>], extras: &BTreeMap<String, Alarm>) -> Option<Vec<Section>> {
    let mut sections = Vec::new();
    for (target, own) in by_target(targets, entries) {
        let mut graphs = Vec::new();
        for metric in metrics().filter(|metric| metric.service == target.service) {
            let Some(statistic) = metric.graph else { continue };
            match metric.needs.map(|param| target.is_set(param)) {
                Some(None) => return None,
                Some(Some(false)) => continue,
                Some(Some(true)) | None => graphs.push(metric_graph(target, metric, statistic, &own)?),
            }
        }
        graphs.extend(expression_graphs(target, &own)?);
        sections.push(Section {
            title: format!("{}/{}", target.service, target.name),
            graphs,
        });
    }
    if !extras.is_empty() {
        let graphs = extras
            .iter()
            .map(|(key, alarm)| extra_graph(key, alarm))
            .collect::<Option<Vec<_>>>()?;
        sections.push(Section {
            title: "extra".to_owned(),
            graphs,
        });
    }
    Some(sections)
}

/// A metric by its own statistic, the statistics of the alarms on it, and their thresholds.
fn metric_graph(target: &Target, metric: &MetricSpec, statistic: &str, entries: &[&Entry<'_>]) -> Option<Graph> {
    let dimensions = target.dimensions(metric);
    let mut statistics = vec![statistic.to_owned()];
    let mut annotations = Vec::new();
    for entry in entries {
        let Outcome::Exists(alarm) = &entry.outcome else {
            continue;
        };
        if alarm.metric_name.as_deref_option() != Some(metric.name) {
            continue;
        }
        let own = known(&alarm.statistic)?.clone();
        annotations.push(annotation(alarm)?);
        if !statistics.contains(&own) {
            statistics.push(own);
        }
    }
    let lines = statistics.iter().map(|statistic| {
        line(
            metric.namespace,
            metric.name,
            &dimensions,
            json!({ "stat": statistic, "label": statistic }),
        )
    });
    Some(Graph {
        group: format!("{} {}", target.service, metric.name),
        title: metric.name.to_owned(),
        metrics: lines.collect::<Option<Vec<_>>>()?,
        annotations,
        period: 60,
    })
}

/// One graph an expression: warning and critical of one alarm share it.
fn expression_graphs(target: &Target, entries: &[&Entry<'_>]) -> Option<Vec<Graph>> {
    let mut graphs: Vec<(&str, Graph)> = Vec::new();
    for entry in entries {
        let Outcome::Exists(alarm) = &entry.outcome else {
            continue;
        };
        if alarm.expression.is_null() {
            continue;
        }
        let graph = expression_graph(entry.spec.name, alarm)?;
        match graphs
            .iter_mut()
            .find(|(name, other)| *name == entry.spec.name && other.metrics == graph.metrics)
        {
            Some((_, other)) => other.annotations.extend(graph.annotations),
            None => graphs.push((entry.spec.name, graph)),
        }
    }
    let named = |(name, graph): (&str, Graph)| Graph {
        group: format!("{} {name}", target.service),
        ..graph
    };
    Some(graphs.into_iter().map(named).collect())
}

fn expression_graph(title: &str, alarm: &Alarm) -> Option<Graph> {
    let mut lines = vec![json!([{ "expression": known(&alarm.expression)?, "id": EXPRESSION_ID, "label": title }])];
    let mut period = 60;
    for (id, metric) in known(&alarm.metrics)? {
        let AlarmMetric {
            namespace,
            metric_name,
            dimensions,
            statistic,
            period: seconds,
        } = known(metric)?;
        period = period.max(known(seconds)?.to_i64()?);
        let options = json!({ "id": id, "stat": known(statistic)?, "visible": false });
        lines.push(line(known(namespace)?, known(metric_name)?, dimensions, options)?);
    }
    Some(Graph {
        group: title.to_owned(),
        title: title.to_owned(),
        metrics: lines,
        annotations: vec![annotation(alarm)?],
        period,
    })
}

fn extra_graph(key: &str, alarm: &Alarm) -> Option<Graph> {
    if !alarm.expression.is_null() {
        return expression_graph(key, alarm);
    }
    let statistic = known(&alarm.statistic)?;
    let options = json!({ "stat": statistic, "label": statistic });
    let metric = line(
        known(&alarm.namespace)?,
        known(&alarm.metric_name)?,
        &alarm.dimensions,
        options,
    )?;
    Some(Graph {
        group: key.to_owned(),
        title: key.to_owned(),
        metrics: vec![metric],
        annotations: vec![annotation(alarm)?],
        period: known(&alarm.period)?.to_i64()?,
    })
}

/// `[namespace, name, dimension, value, ..., options]`.
fn line(namespace: &str, name: &str, dimensions: &Map<String>, options: Json) -> Option<Json> {
    let mut line = vec![json!(namespace), json!(name)];
    for (dimension, value) in known(dimensions)? {
        line.extend([json!(dimension), json!(known(value)?)]);
    }
    line.push(options);
    Some(Json::Array(line))
}

fn annotation(alarm: &Alarm) -> Option<Json> {
    let severity = known(&alarm.severity)?;
    let color = match severity.as_str() {
        "warning" => WARNING_COLOR,
        "critical" => CRITICAL_COLOR,
        _ => OTHER_COLOR,
    };
    let threshold = known(&alarm.threshold)?;
    // A decimal that no double holds exactly would be written as text, which CloudWatch refuses here.
    let threshold = threshold
        .to_i64()
        .map_or_else(|| json!(threshold.to_f64()), |whole| json!(whole));
    Some(json!({ "label": severity, "value": threshold, "color": color }))
}

fn known<T>(value: &Value<T>) -> Option<&T> {
    value.as_ref_option()
}

fn layout(bundle: &str, region: &str, sections: Vec<Section>) -> Json {
    let widgets: usize = 1 + sections.iter().map(|section| 1 + section.graphs.len()).sum::<usize>();
    let lines: usize = sections
        .iter()
        .flat_map(|section| &section.graphs)
        .map(|graph| graph.metrics.len())
        .sum();
    let (sections, note) = if widgets > MAX_WIDGETS || lines > MAX_METRICS {
        overview(sections)
    } else {
        (sections, String::new())
    };
    let mut placed = vec![text_widget(0, &format!("# {bundle}{note}"))];
    let mut y = TEXT_HEIGHT;
    for section in sections {
        placed.push(text_widget(y, &format!("## {}", section.title)));
        y += TEXT_HEIGHT;
        let rows = section.graphs.len().div_ceil(GRID_WIDTH / GRAPH_WIDTH);
        for (index, graph) in section.graphs.into_iter().enumerate() {
            let column = index % (GRID_WIDTH / GRAPH_WIDTH);
            let row = index / (GRID_WIDTH / GRAPH_WIDTH);
            placed.push(graph_widget(
                column * GRAPH_WIDTH,
                y + row * GRAPH_HEIGHT,
                region,
                graph,
            ));
        }
        y += rows * GRAPH_HEIGHT;
    }
    json!({ "widgets": placed })
}

fn text_widget(y: usize, markdown: &str) -> Json {
    json!({
        "type": "text", "x": 0, "y": y, "width": GRID_WIDTH, "height": TEXT_HEIGHT,
        "properties": { "markdown": markdown },
    })
}

fn graph_widget(x: usize, y: usize, region: &str, graph: Graph) -> Json {
    json!({
        "type": "metric", "x": x, "y": y, "width": GRAPH_WIDTH, "height": GRAPH_HEIGHT,
        "properties": {
            "title": graph.title, "region": region, "view": "timeSeries", "stacked": false, "period": graph.period,
            "metrics": graph.metrics, "annotations": { "horizontal": graph.annotations },
        },
    })
}

/// One widget a metric with a line a target; as many as fit, and a note of how many do not.
fn overview(sections: Vec<Section>) -> (Vec<Section>, String) {
    let mut groups: BTreeMap<String, Vec<Json>> = BTreeMap::new();
    for section in sections {
        for graph in section.graphs {
            // An expression needs its hidden metrics beside it; the overview keeps to single lines.
            if let Some(Json::Array(mut line)) = graph.metrics.into_iter().next().filter(|line| line[0].is_string()) {
                if let Some(options) = line.last_mut() {
                    options["label"] = json!(section.title);
                }
                groups.entry(graph.group).or_default().push(Json::Array(line));
            }
        }
    }
    let mut graphs = Vec::new();
    let (mut lines, mut left_out) = (0, 0);
    for (group, metrics) in groups {
        for chunk in metrics.chunks(OVERVIEW_LINES) {
            if graphs.len() + 2 >= MAX_WIDGETS || lines + chunk.len() > MAX_METRICS {
                left_out += chunk.len();
                continue;
            }
            lines += chunk.len();
            graphs.push(Graph {
                group: group.clone(),
                title: group.clone(),
                metrics: chunk.to_vec(),
                annotations: Vec::new(),
                period: 60,
            });
        }
    }
    let note = match left_out {
        0 => " (overview)".to_owned(),
        _ => format!(" (overview; {left_out} lines do not fit on one dashboard)"),
    };
    (
        vec![Section {
            title: "all targets".to_owned(),
            graphs,
        }],
        note,
    )
}
