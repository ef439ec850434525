//! Who may do what by the policies of terraform/: a table over every role, key, bucket, topic and permission, and laws over all of them.
//!
//! The emulator does not check Lambda's permissions, the roles of Scheduler and Step Functions, or keys behind S3 and SNS. Here the
//! policies are those that hashicorp/aws writes, and AWS's published rules decide (policy-kit).

mod deliveries;
mod laws;
mod records;
mod rendered;
mod table;
mod world;

use acceptance::terraform::aws_provider_or_skip;

use table::TABLE;
use world::World;

#[test]
fn the_policies_of_the_modules_allow_what_the_table_says_and_nothing_else() {
    const TEST: &str = "the_policies_of_the_modules_allow_what_the_table_says_and_nothing_else";
    let Some(aws) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let world = World::new(&rendered::resources(&aws));
    let mut faults = Vec::new();
    for row in TABLE.iter().flat_map(|rows| rows.iter()) {
        let decision = world.decide(row.who, row.action, row.on, row.with);
        if decision.is_allowed() != row.allowed {
            faults.push(format!(
                "{} {} {} {:?}: {decision}",
                row.who, row.action, row.on, row.with
            ));
        }
    }
    for law in laws::LAWS {
        law(&world, &mut faults);
    }
    faults.extend(untried(&world));
    assert!(faults.is_empty(), "{} faults:\n{faults:#?}", faults.len());
}

/// What has a policy, and stands in no row that allows or in none that denies.
fn untried(world: &World) -> Vec<String> {
    let rows = || TABLE.iter().flat_map(|rows| rows.iter());
    let mut faults = Vec::new();
    let mut try_all = |name: &str, is_about: &dyn Fn(&table::Row) -> bool| {
        for allowed in [true, false] {
            let is_tried = rows().any(|row| row.allowed == allowed && is_about(row));
            if !is_tried {
                faults.push(format!(
                    "{name} has no row that is {}",
                    if allowed { "allowed" } else { "denied" }
                ));
            }
        }
    };
    for name in world.roles.keys() {
        let role = format!("role/{name}");
        try_all(&role, &|row| row.who == role);
        try_all(&format!("the trust policy of {role}"), &|row| {
            row.on == role && row.action == "sts:AssumeRole"
        });
    }
    for prefix in ["bucket/", "key/", "topic/", "queue/"] {
        for name in world.named(prefix) {
            try_all(name, &|row| row.on == name || row.on.starts_with(&format!("{name}/")));
        }
    }
    for service in world.endpoints.keys() {
        try_all(&format!("the endpoint of {service}"), &|row| {
            row.with.contains(&("endpoint", service.as_str()))
        });
    }
    faults
}
