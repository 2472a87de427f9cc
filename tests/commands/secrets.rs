use super::*;

#[test]
fn nothing_that_is_written_holds_the_token() {
    let account = Account::start();
    let wrong = "an0ther-s3cr3t-that-is-wr0ng";
    let folder = Folder::new();
    let tables = [
        account.table("good", TOKEN, ""),
        account.table("bad", wrong, ""),
    ];
    let config = folder.config(&tables.concat());
    // The usual way to make a Rust program talk.
    let loud = |program: Program| program.env("RUST_LOG", "trace").env("RUST_BACKTRACE", "1");
    let synced = loud(sync(&folder, &config)).run().expect(1);
    let checked = loud(
        Program::new("check_connection")
            .arg("--config")
            .arg(&config),
    )
    .run()
    .expect(1);
    for text in [
        synced.stdout,
        synced.stderr,
        checked.stdout,
        checked.stderr,
        folder.text("out.jsonl"),
        folder.text("report.json"),
    ] {
        assert!(!text.contains(TOKEN) && !text.contains(wrong), "{text}");
    }
}
