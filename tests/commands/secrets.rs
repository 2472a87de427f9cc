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

#[test]
fn a_store_that_is_written_wrongly_shows_no_password() {
    const PASSWORD: &str = "hunter2-of-the-database";
    let folder = Folder::new();
    let config = folder.config(&Account::start().table("good", TOKEN, ""));
    for program in ["full_sync", "nightly"] {
        for store in [
            format!("postgres:/lmsync:{PASSWORD}@db.example/assets"),
            format!("postgre://lmsync:{PASSWORD}@db.example/assets"),
            format!("postgres://lmsync:{PASSWORD}@[db.example/assets"),
            PASSWORD.to_owned(),
        ] {
            let run = Program::new(program)
                .arg("--config")
                .arg(&config)
                .args(["--store", &store])
                .run()
                .expect(2);
            let told = run.stdout + &run.stderr;
            assert!(told.contains("store") && !told.contains(PASSWORD), "{told}");
        }
    }
}
