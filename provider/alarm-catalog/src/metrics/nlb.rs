//! Network Load Balancers. Source: Elastic Load Balancing, load-balancer-cloudwatch-metrics.

use super::{GAUGE, SUM_ONLY, from_param};
use crate::metric::{Dimension, MetricSpec, Unit};
use crate::service::{Param, Service};

const LOAD_BALANCER: Dimension = from_param("LoadBalancer", Param::LoadBalancer);

const BALANCER_SUM: MetricSpec = MetricSpec {
    service: Service::Nlb,
    namespace: "AWS/NetworkELB",
    name: "NewFlowCount",
    dimensions: &[LOAD_BALANCER],
    dimension_sets: &[&["LoadBalancer"]],
    basic_statistics: SUM_ONLY,
    extended_statistics: false,
    unit: Unit::Count,
    needs: None,
    graph: Some("Sum"),
    source: "Network Load Balancers, load-balancer-cloudwatch-metrics",
};

/// Counted by each load balancer node, so that a sum would count a host once a node.
const HOSTS: MetricSpec = MetricSpec {
    name: "HealthyHostCount",
    dimensions: &[LOAD_BALANCER, from_param("TargetGroup", Param::TargetGroup)],
    dimension_sets: &[&["LoadBalancer", "TargetGroup"]],
    basic_statistics: GAUGE,
    graph: Some("Minimum"),
    ..BALANCER_SUM
};

pub(super) const METRICS: &[MetricSpec] = &[
    HOSTS,
    MetricSpec {
        name: "UnHealthyHostCount",
        graph: Some("Maximum"),
        ..HOSTS
    },
    MetricSpec {
        name: "ActiveFlowCount",
        basic_statistics: GAUGE,
        graph: Some("Average"),
        ..BALANCER_SUM
    },
    BALANCER_SUM,
    MetricSpec {
        name: "ProcessedBytes",
        unit: Unit::Bytes,
        ..BALANCER_SUM
    },
    MetricSpec {
        name: "TCP_Client_Reset_Count",
        ..BALANCER_SUM
    },
    MetricSpec {
        name: "TCP_ELB_Reset_Count",
        ..BALANCER_SUM
    },
    MetricSpec {
        name: "TCP_Target_Reset_Count",
        ..BALANCER_SUM
    },
    MetricSpec {
        name: "PortAllocationErrorCount",
        ..BALANCER_SUM
    },
];
