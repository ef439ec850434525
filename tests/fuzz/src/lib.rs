//! Fuzz targets of everything that reads what a client sent: the programs of this crate, run by libFuzzer.
//!
//! `cargo test -p fuzz` lets each read some thousands of inputs, made at random from those in `seeds`. To fuzz for longer, led by
//! coverage: `cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none <target>`, with cargo-fuzz.
//!
//! What they have in common is here: a handler behind the kit that answers everything, so that only the reading is tried.

use std::cell::RefCell;

use api_contract::Handler;
use api_kit::{Answer, Api};
use lambda_kit::{Deadline, Environment, Invocation};
use serde_json::value::RawValue;
use tokio::runtime::{Builder, Runtime};

thread_local! {
    static RUNTIME: RefCell<Option<Runtime>> = const { RefCell::new(None) };
}

/// Lets a handler's kit read an event.
///
/// # Panics
/// When the answer says that the fault is ours.
pub fn serve(handler: Handler, event: Box<RawValue>) {
    let mut environment = Environment::new(|_| None);
    let api = Api::of(handler, &mut environment).with_metrics(|_| {});
    let invocation = Invocation {
        event,
        request_id: "lambda-1".to_owned(),
        function_arn: "arn:aws:lambda:us-east-1:000000000000:function:api:live".to_owned(),
        deadline: Deadline::NONE,
    };
    RUNTIME.with_borrow_mut(|runtime| {
        #[allow(clippy::expect_used, reason = "without a runtime there is nothing to try")]
        let runtime =
            runtime.get_or_insert_with(|| Builder::new_current_thread().enable_time().build().expect("a runtime"));
        let reply = runtime.block_on(api.answer(invocation, |_| async { Ok(Answer::empty()) }));
        if let Ok(reply) = reply {
            assert!(reply.status_code < 500, "{reply:?}");
        }
    });
}
