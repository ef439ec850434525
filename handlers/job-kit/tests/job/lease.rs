//! One leader at a time.

use std::time::{Duration, Instant};

use aws_front::{Effect, GateHandle, Rule};
use job_kit::{JobError, Lease, Moment, Shared};

use crate::world::{FUNCTION, LEASE, World, name, terms};

/// Long enough for no test to see its end.
const LONG: u64 = 60_000;
/// Ends in a test.
const SHORT: u64 = 1_200;

#[tokio::test]
async fn of_two_that_begin_at_once_one_leads_and_the_other_is_told_who() {
    let world = World::start().await;
    let store = world.store().await;
    let (first, second) = (terms("first", LONG, 0), terms("second", LONG, 0));
    // The first has seen that nobody leads, and writes after the second has.
    let gate = GateHandle::default();
    world.front.script(
        Rule::on("PutObject")
            .path(LEASE)
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let faster = async {
        gate.reached().await;
        let lease = Lease::take(&store, &second, LEASE.to_owned(), "two").await.unwrap();
        gate.open();
        lease
    };
    let (slower, faster) = tokio::join!(Lease::take(&store, &first, LEASE.to_owned(), "one"), faster);
    let Err(JobError::Held(holder)) = slower else {
        panic!("two leaders")
    };
    assert_eq!((holder.run.as_str(), holder.owner.as_str()), ("two", "second"));
    assert!(holder.until > Moment::of(std::time::SystemTime::now()));
    faster.fence().check().await.unwrap();
}

#[tokio::test]
async fn a_leader_whose_lease_ended_stops_and_leaves_the_next_one_alone() {
    let world = World::start().await;
    let store = world.store().await;
    // By the second's clock the first is silent for an hour.
    let (first, second) = (terms("first", SHORT, 0), terms("second", LONG, 3_600));
    let mut former = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    let next = Lease::take(&store, &second, LEASE.to_owned(), "two").await.unwrap();
    assert!(!next.was_left(), "another run's");
    assert_eq!(name(former.fence().check().await), "LeaseLost");
    let work = former.keep(std::future::pending::<Result<(), JobError>>());
    assert_eq!(work.await, Err(JobError::LeaseLost));
    assert_eq!(former.pass_on().await, Err(JobError::LeaseLost));
    former.release().await;
    next.fence().check().await.unwrap();
}

#[tokio::test]
async fn a_lease_is_renewed_as_long_as_the_work_takes_and_then_given_back() {
    let world = World::start().await;
    let store = world.store().await;
    let (first, second) = (terms("first", SHORT, 0), terms("second", SHORT, 0));
    let mut lease = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    let work = async {
        let began = Instant::now();
        while began.elapsed() < Duration::from_millis(2 * SHORT) {
            let other = Lease::take(&store, &second, LEASE.to_owned(), "two").await;
            assert!(matches!(other, Err(JobError::Held(_))), "{other:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok::<_, JobError>(7)
    };
    assert_eq!(lease.keep(work).await, Ok(7));
    lease.release().await;
    assert_eq!(world.json(LEASE).await["until"], "1970-01-01T00:00:00Z");
    assert!(Lease::take(&store, &second, LEASE.to_owned(), "two").await.is_ok());
}

#[tokio::test]
async fn work_is_dropped_before_a_lease_that_cannot_be_renewed_ends() {
    let world = World::start().await;
    let store = world.store().await;
    let first = terms("first", SHORT, 0);
    let mut lease = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    let began = Instant::now();
    world
        .front
        .script(Rule::on("PutObject").path(LEASE).always().effect(Effect::Reset));
    let work = lease.keep(std::future::pending::<Result<(), JobError>>());
    assert_eq!(work.await, Err(JobError::LeaseLost));
    let took = began.elapsed();
    assert!(took < Duration::from_millis(SHORT), "{took:?}");
}

#[tokio::test]
async fn a_renewal_whose_answer_is_lost_does_not_end_the_work() {
    let world = World::start().await;
    let store = world.store().await;
    let first = terms("first", SHORT, 0);
    let mut lease = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    world
        .front
        .script(Rule::on("PutObject").path(LEASE).times(2).effect(Effect::LoseAnswer));
    let work = async {
        tokio::time::sleep(Duration::from_millis(SHORT + 200)).await;
        Ok::<_, JobError>(())
    };
    assert_eq!(lease.keep(work).await, Ok(()));
    lease.fence().check().await.unwrap();
}

#[tokio::test]
async fn between_two_functions_of_a_run_no_other_run_comes_in() {
    let world = World::start().await;
    let store = world.store().await;
    let accepted = Effect::Answer {
        status: 202,
        body: String::new(),
    };
    world.front.script(Rule::on("Invoke").always().effect(accepted));
    let (first, second) = (terms("first", LONG, 0), terms("second", LONG, 0));
    let lease = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    let fence = lease.fence();
    lease.hand_over(&world.aws, FUNCTION, "{}").await.unwrap();
    let invoked: Vec<_> = world
        .front
        .calls()
        .into_iter()
        .filter(|call| call.operation == "Invoke")
        .collect();
    assert_eq!(invoked.len(), 1);
    assert!(invoked[0].path.contains("job"), "{invoked:?}");
    assert_eq!(name(fence.check().await), "LeaseLost");
    let other = Lease::take(&store, &second, LEASE.to_owned(), "two").await;
    assert!(matches!(other, Err(JobError::Held(holder)) if holder.run == "one"));
    let next = Lease::take(&store, &second, LEASE.to_owned(), "one").await.unwrap();
    assert!(next.was_left());
    next.release().await;
    let again = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    assert!(!again.was_left());
}

#[tokio::test]
async fn a_handover_that_lambda_refuses_gives_the_lease_back() {
    let world = World::start().await;
    let store = world.store().await;
    world.front.script(Rule::on("Invoke").always().effect(Effect::denied()));
    let (first, second) = (terms("first", LONG, 0), terms("second", LONG, 0));
    let lease = Lease::take(&store, &first, LEASE.to_owned(), "one").await.unwrap();
    let refused = lease.hand_over(&world.aws, FUNCTION, "{}").await;
    assert_eq!(name(refused), "HandoverFailed");
    assert!(Lease::take(&store, &second, LEASE.to_owned(), "two").await.is_ok());
}

#[tokio::test]
async fn many_workers_share_the_lease_of_their_run() {
    let world = World::start().await;
    let store = world.store().await;
    let (worker, other, later) = (
        terms("worker", LONG, 0),
        terms("other", LONG, 0),
        terms("later", LONG, 700),
    );
    let shared = |terms, run| Shared {
        store: &store,
        terms,
        key: LEASE.to_owned(),
        run,
    };
    let ours = shared(&worker, "one");
    ours.extend().await.unwrap();
    shared(&other, "one").extend().await.unwrap();
    assert_eq!(world.front.calls_of("PutObject"), 1, "it lasts long enough");
    assert_eq!(name(shared(&other, "two").extend().await), "LeaseHeld");
    assert_eq!(ours.keep(async { Ok::<_, JobError>(7) }).await, Ok(7));
    shared(&later, "two").extend().await.unwrap();
    assert_eq!(name(ours.extend().await), "LeaseHeld");
}

#[tokio::test]
async fn what_is_no_lease_is_left_alone_and_one_that_cannot_be_read_is_not_taken() {
    let world = World::start().await;
    let store = world.store().await;
    let first = terms("first", LONG, 0);
    for foreign in ["{\"version\":7}", "no JSON"] {
        world.put(LEASE, foreign.as_bytes()).await;
        assert_eq!(
            name(Lease::take(&store, &first, LEASE.to_owned(), "one").await),
            "ControlForeign"
        );
        assert_eq!(world.get(LEASE).await.unwrap(), foreign.as_bytes());
    }
    world.allow(&["s3:PutObject"], &[]).await;
    for key in [LEASE, "job/new.json"] {
        assert_eq!(
            name(Lease::take(&store, &first, key.to_owned(), "one").await),
            "ControlUnreadable",
            "{key}"
        );
    }
}
