use super::*;

#[test]
fn help_is_no_error_and_a_wrong_option_is() {
    for program in PROGRAMS {
        let run = Program::new(program).arg("--help").run().expect(0);
        assert!(run.stdout.contains("--config"), "{}", run.stdout);
        Program::new(program)
            .arg("--no-such-option")
            .run()
            .expect(2);
        Program::new(program).arg("stray").run().expect(2);
    }
}

#[test]
fn only_the_documented_values_are_taken() {
    for options in [
        ["--window", "45"],
        ["--window", "0"],
        ["--window", "ALL"],
        ["--window", ""],
        ["--unknown-check-in", "maybe"],
    ] {
        let run = Program::new("full_sync").args(options).run().expect(2);
        assert!(run.stderr.contains(options[0]), "{}", run.stderr);
    }
}
