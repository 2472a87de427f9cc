use super::*;

#[test]
fn the_small_examples_run_to_the_end() {
    let run = Program::new("list_assets").run().expect(0);
    assert!(
        run.stdout.ends_with("250 assets, complete: true\n"),
        "{}",
        run.stdout
    );
    let run = Program::new("own_connector").run().expect(0);
    assert!(run.stdout.contains("complete: true"), "{}", run.stdout);
    let run = Program::new("cursor_connector").run().expect(0);
    let end =
        "60 devices, and 60 more after the break; complete: true, requests after the break: 62\n";
    assert!(run.stdout.ends_with(end), "{}", run.stdout);
}
