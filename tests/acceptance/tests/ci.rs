//! What CI reads from the tests' output.

use std::process::Command;

use local_cloud::workspace;

/// With two threads: `b` and `a` begin with the program, `c` when the first of them ends.
const LOG: &str = "\
100.0      Running unittests src/lib.rs (target/debug/deps/kit-0123abcd)
100.5 running 3 tests
102.5 test b ... ok
103.0 test a ... FAILED
104.0 test c - should panic ... ok
104.0 test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 3.50s
104.0      Running tests/whole.rs (target/debug/deps/whole-0123abcd)
104.0 running 1 test
109.0 test it ... ok
109.0 test result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 5.00s
";

#[test]
fn the_slowest_tests_are_read_off_the_times_of_their_ends() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    std::fs::write(&log, LOG).unwrap();
    let slowest = workspace::root().join(".ci/slowest");
    let output = Command::new(slowest).arg(log).arg("2").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = "\
The slowest tests, in seconds:
     5.0  whole (tests/whole.rs): it
     2.5  kit (src/lib.rs): a
     2.0  kit (src/lib.rs): b
     1.5  kit (src/lib.rs): c
The slowest test programs, in seconds:
     5.0  whole (tests/whole.rs)
     3.5  kit (src/lib.rs)
";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
